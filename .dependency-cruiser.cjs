// The directions of docs/tour.md: a room uses the rooms below it, never one above or beside it.
const floors = [
  ['common', 'kernel'],
  ['audit'],
  ['access'],
  ['jobs', 'calendar'],
  ['directory', 'capacity'],
  ['campaign', 'protection'],
  ['wish'],
  ['plan'],
  ['load'],
  ['allocation', 'booking', 'proposal', 'feeds', 'gateway', 'simulation'],
  ['crisis', 'exchange', 'public-pages'],
  ['demonstration', 'retention'],
];
const above = floors.map((rooms, floor) => ({
  rooms,
  forbidden: floors.slice(floor + 1).flat(),
  beside: floor === 0 ? [] : rooms,
}));

/** @type {import('dependency-cruiser').IConfiguration} */
module.exports = {
  forbidden: [
    { name: 'no-circular', severity: 'error', from: { pathNot: 'entity\\.ts$' }, to: { circular: true } },
    {
      name: 'kernel-is-pure',
      comment: 'no clock, no Nest, no database, no luxon inside the kernel',
      severity: 'error',
      from: { path: '^src/kernel/', pathNot: '\\.spec\\.ts$' },
      to: { pathNot: '^src/kernel/' },
    },
    {
      name: 'replan-stands-on-allocation',
      comment: 'the allocation from nothing knows nothing of the change of a plan that stands',
      severity: 'error',
      from: { path: '^src/kernel/allocation/', pathNot: '^src/kernel/allocation/replan/|\\.spec\\.ts$' },
      to: { path: '^src/kernel/allocation/replan/' },
    },
    {
      name: 'small-is-asked-by-parts',
      severity: 'error',
      from: { path: '^src/', pathNot: '^src/kernel/allocation/(small/|allocate\\.ts|solve-part\\.ts)|\\.spec\\.ts$' },
      to: { path: '^src/kernel/allocation/small/' },
    },
    {
      name: 'rules-decide-alone',
      comment: 'rules are functions of values: nothing that does I/O',
      severity: 'error',
      from: { path: '\\.rules\\.ts$' },
      to: {
        path: '(\\.store|\\.service|\\.controller|\\.module)\\.ts$|node_modules/(typeorm|pg|@nestjs/core)/',
        dependencyTypesNot: ['type-only'],
      },
    },
    {
      name: 'controllers-ask-services',
      severity: 'error',
      from: { path: '\\.controller\\.ts$' },
      to: { path: '\\.store\\.ts$' },
    },
    {
      name: 'src-stands-alone',
      severity: 'error',
      from: { path: '^src/', pathNot: '\\.spec\\.ts$' },
      to: { path: '^(test|bench)/' },
    },
    ...above.flatMap(({ rooms, forbidden, beside }) =>
      rooms.map((room) => ({
        name: `${room}-looks-down-only`,
        severity: 'error',
        from: { path: `^src/${room}/` },
        to: { path: `^src/(${[...forbidden, ...beside.filter((r) => r !== room)].join('|') || '-'})/` },
      })),
    ),
    {
      name: 'agent-stands-alone',
      comment: 'the process beside the proxy: the kernel and plain code of common, nothing of the service',
      severity: 'error',
      from: { path: '^src/agent/' },
      to: {
        path: '^src/(?!agent/|kernel/decision/|kernel/cell-grid|common/(signed-bytes|class-link|html-text|language\\.rules))|node_modules/(@nestjs|typeorm|pg|fastify)/',
      },
    },
    {
      name: 'web-shared-knows-no-feature',
      severity: 'error',
      from: { path: '^web/src/shared/' },
      to: { path: '^web/src/(app|features)/' },
    },
    {
      name: 'web-features-stand-alone',
      comment: 'a feature of the web uses what is shared, not another feature',
      severity: 'error',
      from: { path: '^web/src/features/([^/]+)/' },
      to: { path: '^web/src/(app/|features/(?!$1/))' },
    },
    {
      name: 'web-asks-the-api',
      comment: 'nothing of the server inside the browser',
      severity: 'error',
      from: { path: '^web/src/' },
      to: { path: '^(src|test|bench)/' },
    },
    {
      name: 'common-knows-no-room',
      severity: 'error',
      from: { path: '^src/common/' },
      to: { path: '^src/(?!common/|kernel/cell-grid)[a-z]+/' },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsConfig: { fileName: 'tsconfig.json' },
    tsPreCompilationDeps: true,
    exclude: { path: '\\.spec\\.ts$' },
    enhancedResolveOptions: { extensions: ['.ts', '.tsx', '.js', '.json'] },
  },
};
