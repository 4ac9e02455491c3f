/** The folders of src/, and for each the folders it may import from besides itself. */
const folders = {
  shared: [],
  'node/codec': ['shared'],
  'node/transport': ['shared'],
  renderers: ['shared'],
  'node/store': ['shared'],
  'web/viewer': ['shared'],
  'node/pipeline': ['shared', 'node/codec', 'node/transport'],
  'node/server': ['shared', 'node/codec', 'node/transport', 'node/store'],
  'node/stages': ['shared', 'node/codec', 'node/transport', 'renderers', 'node/store', 'node/pipeline', 'node/server'],
  'node/cli': [
    'shared',
    'node/codec',
    'node/transport',
    'renderers',
    'node/store',
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
      name: 'shared-is-pure',
      comment: 'Runs in Node and in browsers: nothing of Node, and no package but valibot.',
      severity: 'error',
      from: { path: '^src/shared/', pathNot: tests },
      to: { pathNot: '^src/shared/|(^|/)node_modules/valibot/' },
    },
    {
      name: 'browser-code-is-for-browsers',
      severity: 'error',
      from: { path: '^src/(web/viewer|renderers/assets)/', pathNot: tests },
      to: { dependencyTypes: ['core'] },
    },
    {
      name: 'no-circles',
      severity: 'error',
      from: {},
      to: { circular: true, viaOnly: { dependencyTypesNot: ['type-only'] } },
    },
    { name: 'resolves', severity: 'error', from: {}, to: { couldNotResolve: true } },
    {
      name: 'tests-stay-out-of-the-program',
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
