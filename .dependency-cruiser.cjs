/** The folders of src/, and for each the folders it may import from besides itself. A missing folder is a mistake. */
const folders = {
  shared: [],
  'web/kit': ['shared'],
  'web/viewer': ['shared'],
  'web/page-script': ['shared'],
  'node/kit': ['shared'],
  formats: ['shared', 'node/kit', 'web/kit'],
  'node/codec': ['shared'],
  'node/transport': ['shared'],
  'node/directory': ['shared'],
  'node/store': ['shared', 'node/directory'],
  'node/inbox': ['shared', 'node/directory'],
  'node/pipeline': ['shared', 'node/codec', 'node/transport'],
  'node/server': ['shared', 'node/codec', 'node/transport', 'node/directory', 'node/store'],
  'node/stages': [
    'shared',
    'node/kit',
    'formats',
    'node/codec',
    'node/transport',
    'node/directory',
    'node/store',
    'node/inbox',
    'node/pipeline',
    'node/server',
  ],
  'node/cli': [
    'shared',
    'formats',
    'node/codec',
    'node/transport',
    'node/directory',
    'node/store',
    'node/inbox',
    'node/pipeline',
    'node/server',
    'node/stages',
  ],
};

const tests = '\\.test\\.tsx?$';

/** @type {import('dependency-cruiser').IConfiguration} */
module.exports = {
  forbidden: [
    ...Object.entries(folders).map(([folder, allowed]) => ({
      name: `imports-of-${folder}`,
      severity: 'error',
      from: { path: `^src/${folder}/`, pathNot: tests },
      to: { path: '^src/', pathNot: `^src/(${[folder, ...allowed].join('|')})/` },
    })),
    {
      name: 'only-the-index-imports-formats-by-name',
      comment: 'Everything outside of src/formats reaches a format through the generated index.',
      severity: 'error',
      from: { path: '^src/', pathNot: `^src/formats/|${tests}` },
      to: { path: '^src/formats/', pathNot: '^src/formats/index[.]ts$' },
    },
    {
      name: 'shared-code-runs-anywhere',
      comment: 'Code for both Node and browsers imports only such code.',
      severity: 'error',
      from: { path: '^src/(shared/|formats/[^/]+/shared/)', pathNot: tests },
      to: { path: '^src/', pathNot: '^src/(shared/|formats/[^/]+/shared/)' },
    },
    {
      name: 'browser-code-imports-no-node-code',
      severity: 'error',
      from: { path: '^src/(web/|formats/[^/]+/client)', pathNot: tests },
      to: { path: '^src/', pathNot: '^src/(web/|shared/|formats/[^/]+/(client|shared/))' },
    },
    {
      name: 'node-code-imports-no-browser-code',
      severity: 'error',
      from: { path: '^src/(node/|formats/[^/]+/[^/]+[.]ts$)', pathNot: `^src/formats/[^/]+/client|${tests}` },
      to: { path: '^src/(web/|formats/[^/]+/client)' },
    },
    {
      name: 'scrolls-are-reached-through-the-store',
      comment: 'Only src/node/store knows paths inside a scroll. Others import its interfaces, constructor and errors.',
      severity: 'error',
      from: { path: '^src/', pathNot: '^src/node/store/' },
      to: { path: '^src/node/store/', pathNot: '^src/node/store/(store|disk-store|errors)[.]ts$' },
    },
    {
      name: 'no-cycles',
      severity: 'error',
      from: {},
      to: { circular: true, viaOnly: { dependencyTypesNot: ['type-only'] } },
    },
    { name: 'imports-resolve', severity: 'error', from: {}, to: { couldNotResolve: true } },
    {
      name: 'no-imports-of-tests',
      severity: 'error',
      from: { path: '^src/', pathNot: tests },
      to: { path: `^test/|${tests}` },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: { exportsFields: ['exports'], conditionNames: ['import', 'node', 'default', 'types'] },
  },
};
