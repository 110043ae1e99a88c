// Who may import whom (docs/architecture.md). test/architecture breaks each rule once.
const order = ['random', 'pareto', 'scores', 'genome', 'estimate', 'evolution', 'search', 'contracts'];
// random and pareto are neighbours: neither knows the other.
const mayImport = (at) => (at < 2 ? [] : order.slice(0, at));
const library = (name) => `(^|/)libs/${name}/`;

const libraries = order.map((name, at) => ({
  name: `libs-order-${name}`,
  comment: `libs/${name} may import ${mayImport(at).join(', ') || 'no other library'} only`,
  severity: 'error',
  from: { path: library(name) },
  to: { path: `(^|/)libs/(?!(${[name, ...mayImport(at)].join('|')})/)` },
}));

module.exports = {
  forbidden: [
    ...libraries,
    {
      name: 'libs-not-apps',
      comment: 'libraries know no application',
      severity: 'error',
      from: { path: '(^|/)libs/' },
      to: { path: '(^|/)apps/' },
    },
    {
      name: 'libs-pure',
      comment: 'libraries are plain functions over data: no framework, no database, no queue, no browser',
      severity: 'error',
      from: { path: '(^|/)libs/', pathNot: '(\\.test\\.ts$|/testing/)' },
      to: {
        path: 'node_modules/(@nestjs|nestjs-zod|@prisma|prisma|bullmq|ioredis|pg|express|react|react-dom|rxjs|commander|tar)(/|$)',
      },
    },
    {
      name: 'libs-no-io',
      comment: 'libraries read no file, clock, network or process; node:crypto is for hashes only',
      severity: 'error',
      from: { path: '(^|/)libs/', pathNot: '(\\.test\\.ts$|/testing/)' },
      to: { dependencyTypes: ['core'], pathNot: '^(node:)?crypto$' },
    },
    {
      name: 'apps-apart',
      comment: 'applications meet over HTTP only',
      severity: 'error',
      from: { path: '(^|/)apps/([^/]+)/' },
      to: { path: '(^|/)apps/', pathNot: '(^|/)apps/$2/' },
    },
    {
      name: 'dashboard-one-way',
      comment: 'app -> features -> shared: shared knows no feature and no page',
      severity: 'error',
      from: { path: '(^|/)apps/dashboard/shared/' },
      to: { path: '(^|/)apps/dashboard/(app|features)/' },
    },
    {
      name: 'dashboard-features-not-app',
      comment: 'a feature does not know the application around it',
      severity: 'error',
      from: { path: '(^|/)apps/dashboard/features/' },
      to: { path: '(^|/)apps/dashboard/app/' },
    },
    {
      name: 'no-cycles',
      comment: 'a cycle has no beginning to read from',
      severity: 'error',
      from: {},
      to: { circular: true },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '((^|/)(apps|libs)/[^/]+/dist/|/persistence/generated/|\\.test\\.tsx?$)' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.check.json' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['source', 'import', 'require', 'node', 'default'],
      extensions: ['.ts', '.tsx', '.js', '.mjs', '.cjs', '.json'],
    },
  },
};
