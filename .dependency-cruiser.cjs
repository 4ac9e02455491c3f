/**
 * The rooms, from left to right. A room imports from itself and from what is named here.
 *
 *     model <- codec, transport, renderers, scroll, viewer <- pipeline, server <- stages <- cli
 */
const rooms = {
  model: [],
  codec: ['model'],
  transport: ['model'],
  renderers: ['model'],
  scroll: ['model'],
  viewer: ['model'],
  pipeline: ['model', 'codec', 'transport'],
  server: ['model', 'codec', 'transport', 'scroll'],
  stages: ['model', 'codec', 'transport', 'renderers', 'scroll', 'pipeline', 'server'],
  cli: ['model', 'codec', 'transport', 'renderers', 'scroll', 'pipeline', 'server', 'stages'],
};

const tests = '\\.test\\.tsx?$';

/** @type {import('dependency-cruiser').IConfiguration} */
module.exports = {
  forbidden: [
    ...Object.entries(rooms).map(([room, allowed]) => ({
      name: `${room}-imports-only-what-stands-left-of-it`,
      severity: 'error',
      from: { path: `^src/${room}/`, pathNot: tests },
      to: { path: '^src/', pathNot: `^src/(${[room, ...allowed].join('|')})/` },
    })),
    {
      name: 'model-is-pure',
      comment: 'The viewer shares the model: nothing of Node, and no package but valibot.',
      severity: 'error',
      from: { path: '^src/model/', pathNot: tests },
      to: { pathNot: '^src/model/|(^|/)node_modules/valibot/' },
    },
    {
      name: 'browser-code-is-for-browsers',
      severity: 'error',
      from: { path: '^src/(viewer|renderers/assets)/', pathNot: tests },
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
