// Imports point one way. Each room names all that it may import; whatever is not named is an error.
/** @typedef {{ rooms: readonly string[], packages: readonly string[], node?: boolean }} Room */

/** @type {Readonly<Record<string, Room>>} */
const rooms = {
  'src/raft': { rooms: [], packages: [] },
  'src/kv': { rooms: ['src/raft'], packages: ['msgpackr', 'valibot'] },
  'src/timeline': { rooms: ['src/raft', 'src/kv'], packages: ['immutable', 'valibot'] },
  'src/check': { rooms: ['src/timeline', 'src/kv', 'src/raft'], packages: ['valibot'] },
  'src/host': { rooms: ['src/timeline', 'src/kv', 'src/raft'], packages: [] },
  'src/storage': {
    rooms: ['src/host', 'src/kv', 'src/raft'],
    packages: ['valibot', 'abstract-level', 'browser-level', 'classic-level', 'memory-level'],
  },
  'src/sim': {
    rooms: ['src/check', 'src/storage', 'src/host', 'src/timeline', 'src/kv', 'src/raft'],
    packages: [],
  },
  workers: {
    rooms: ['src/sim', 'src/storage', 'src/host', 'src/timeline', 'src/kv', 'src/raft'],
    packages: ['comlink'],
  },
  'src/cluster': {
    rooms: ['workers', 'src/sim', 'src/check', 'src/storage', 'src/host', 'src/timeline', 'src/kv', 'src/raft'],
    packages: ['comlink', 'idb-keyval', 'valibot'],
  },
  'src/ui': {
    rooms: ['src/cluster', 'src/check', 'src/timeline', 'src/kv', 'src/raft'],
    packages: [
      'react',
      'react-dom',
      'zustand',
      'radix-ui',
      'valibot',
      'immutable',
      'd3-drag',
      'd3-interpolate',
      'd3-scale',
      'd3-selection',
      'd3-shape',
      '@tanstack/react-virtual',
      '@types/react',
      '@types/react-dom',
      '@types/d3-[a-z]+',
    ],
  },
  'src/adapter': {
    rooms: ['src/cluster', 'src/sim', 'src/check', 'src/host', 'src/storage', 'src/timeline', 'src/kv', 'src/raft'],
    packages: [
      '@types/node',
      '@types/ws',
      'commander',
      'fastify',
      'msgpackr',
      'pino',
      'prom-client',
      'sirv',
      'valibot',
      'ws',
      'yaml',
    ],
    node: true,
  },
};

const folder = (/** @type {string} */ name) => `^${name}/`;
const pathsOf = (/** @type {string} */ name, /** @type {Room} */ { rooms: others, packages }) => [
  folder(name),
  ...others.map(folder),
  ...packages.map((packageName) => `^node_modules/${packageName}/`),
];

/** @returns {import('dependency-cruiser').IForbiddenRuleType} */
const importsOf = (/** @type {string} */ name, /** @type {Room} */ room) => ({
  name: `imports-of-${name}`,
  severity: 'error',
  from: { path: folder(name) },
  to: { couldNotResolve: false, pathNot: pathsOf(name, room), dependencyTypesNot: room.node === true ? ['core'] : [] },
});

/** @type {import('dependency-cruiser').IConfiguration} */
export default {
  forbidden: [
    ...Object.entries(rooms).map(([name, room]) => importsOf(name, room)),
    {
      name: 'unknown-room',
      comment: 'A new folder needs an entry in the table above.',
      severity: 'error',
      from: { path: '^(src|workers)/', pathNot: Object.keys(rooms).map(folder) },
      to: {},
    },
    {
      name: 'timeline-knows-only-types-of-kv',
      severity: 'error',
      from: { path: '^src/timeline/' },
      to: { path: '^src/kv/', pathNot: '^src/kv/limits\\.ts$', dependencyTypesNot: ['type-only'] },
    },
    { name: 'no-circle', severity: 'error', from: {}, to: { circular: true } },
    { name: 'no-unresolvable', severity: 'error', from: {}, to: { couldNotResolve: true } },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsPreCompilationDeps: true,
    combinedDependencies: false,
    moduleSystems: ['es6', 'cjs'],
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'browser', 'types', 'default'],
      mainFields: ['module', 'main', 'types'],
    },
  },
};
