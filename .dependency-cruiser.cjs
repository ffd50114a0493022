/**
 * Which way imports may point. A word of the domain is a folder of src, inside it a file's name is its layer, and a file
 * imports its own layer or lower ones only. test/project/direction.test.ts runs these rules on the tree and proves that
 * each of them refuses what it should.
 */

/** Folders of src that are no word of the domain. */
const shared = '^src/(?:lib|contracts|db|stripe|mail|http|workflows)/';
/** `store.ts`, `job-store.ts`. */
const store = '^src/[^/]+/[a-z-]*\\bstore[.]ts$';
/** `routes.ts`, `queue-routes.ts`; `wire.ts` is how a domain's routes write their answers. */
const edge = '^src/[^/]+/[a-z-]*\\b(?:routes|consumer|wire)[.]ts$';

/** Lowest first. What is in a domain's folder and has no other layer's name is a noun. */
const layers = [
  { name: 'lib', path: ['^src/lib/'] },
  { name: 'contracts', path: ['^src/contracts/'] },
  { name: 'nouns', path: ['^src/[^/]+/'], pathNot: [shared, store, edge] },
  { name: 'stores', path: [store, '^src/(?:db|stripe|mail)/'] },
  { name: 'workflows', path: ['^src/workflows/'] },
  { name: 'routes', path: [edge, '^src/http/', '^src/(?:env|services|wiring)[.]ts$'] },
  { name: 'entries', path: ['^src/(?:app|consume|cron|health)[.]ts$'] },
  { name: 'index', path: ['^src/index[.]ts$'] },
];

const layer = (name) => {
  const { path, pathNot = [] } = layers.find((candidate) => candidate.name === name);
  return { path, pathNot };
};
const forbid = (name, comment, from, to) => ({ name, comment, severity: 'error', from, to });
const npm = (...names) => `(?:^|node_modules/)(?:${names.join('|')})(?:/|$)`;
const ownFiles = { dependencyTypes: ['local'] };
const outside = { dependencyTypesNot: ['local'] };

const layerRules = layers
  .slice(0, -1)
  .flatMap(({ name }, n) =>
    layers
      .slice(n + 1)
      .map((higher) =>
        forbid(
          `${name}-below-${higher.name}`,
          `lower layers know nothing of higher ones: ${layers.map((l) => l.name).join(' <- ')}`,
          layer(name),
          layer(higher.name),
        ),
      ),
  );

/** The check of a bill, which is the Worker's own rating: whoever pays runs it where they are (docs/decisions/0008). */
const billCheck = '^src/statements/verify[.]ts$';
const billCheckers = ['cli', 'ui'];

/** The programs beside the Worker. */
const programRules = ['exporter', 'provisioner', 'cli', 'ui', 'dev'].map((program) =>
  forbid(
    `${program}-stands-alone`,
    billCheckers.includes(program)
      ? `${program}/ imports only src/contracts, src/lib, the check of a bill and its own folder`
      : `${program}/ imports only src/contracts, src/lib and its own folder`,
    { path: `^${program}/` },
    {
      ...ownFiles,
      pathNot: [`^${program}/`, '^src/(?:contracts|lib)/', ...(billCheckers.includes(program) ? [billCheck] : [])],
    },
  ),
);

/** The packages that customers install. */
const sdkRules = [
  forbid(
    'sdk-stands-alone',
    'a package of sdk/ is installed by itself, so it imports only its own folder',
    { path: '^sdk/([^/]+)/' },
    { ...ownFiles, pathNot: '^sdk/$1/' },
  ),
];

/** What customers read as an example. */
const exampleRules = [
  forbid(
    'example-stands-alone',
    'an example has what a customer has: its own folder and packages, those of sdk/ by their names',
    { path: '^examples/([^/]+)/' },
    { ...ownFiles, pathNot: '^examples/$1/' },
  ),
];

/** Which packages and Node modules a layer may use. */
const packageRules = [
  forbid('lib-needs-little', 'lib uses the language and the web platform', layer('lib'), {
    ...outside,
    pathNot: npm('decimal[.]js'),
  }),
  forbid('contracts-need-zod', 'every program shares the schemas', layer('contracts'), {
    ...outside,
    pathNot: npm('zod'),
  }),
  forbid(
    'nouns-are-pure',
    'nouns reach no database, no HTTP and no machine; jose and node:crypto compute, decimal.js counts, yaml reads',
    layer('nouns'),
    { ...outside, pathNot: [npm('zod', 'decimal[.]js', 'jose', 'yaml'), '^(?:node:)?crypto$'] },
  ),
  forbid(
    'routes-write-no-sql',
    'a route asks its store',
    { path: edge },
    {
      path: [npm('drizzle-orm'), '^src/db/[a-z]+-schema[.]ts$'],
    },
  ),
  forbid(
    'http-at-the-edge',
    'what is stored and what is done does not depend on HTTP',
    { path: [...layer('stores').path, ...layer('workflows').path] },
    { path: npm('hono', '@hono') },
  ),
  forbid(
    'stripe-in-one-place',
    'src/stripe holds the only outbound Stripe code',
    { path: '^src/', pathNot: '^src/stripe/' },
    {
      path: npm('stripe'),
    },
  ),
  forbid(
    'mail-in-one-place',
    'src/mail holds the only outbound mail code',
    { path: '^src/', pathNot: '^src/mail/' },
    {
      path: npm('nodemailer'),
    },
  ),
  forbid(
    'ships-what-it-needs',
    'what runs in production needs no development dependency; types are gone by then, and bundle.ts makes the image',
    { path: '^(?:src|exporter|provisioner|sdk|cli)/', pathNot: '^[^/]+/bundle[.]ts$' },
    { dependencyTypes: ['npm-dev', 'npm-no-pkg', 'npm-unknown'], dependencyTypesNot: ['type-only'] },
  ),
];

/** The areas of workflows, each with those that it may call. Nothing calls `accounts`; files outside areas serve all. */
const calledAreas = {
  accounts: ['subscriptions', 'licensing', 'billing', 'metering'],
  subscriptions: ['licensing', 'billing', 'metering'],
  licensing: ['billing', 'metering'],
  billing: ['metering'],
  metering: [],
  provisioning: [],
  delivery: [],
  inbox: ['subscriptions', 'billing'],
  organisations: ['subscriptions', 'licensing', 'billing', 'metering'],
  watching: ['subscriptions', 'licensing', 'billing', 'metering', 'provisioning'],
};

const areaRules = Object.entries(calledAreas).map(([area, called]) =>
  forbid(
    `${area}-calls`,
    `workflows of ${area} call ${called.length === 0 ? 'no other area' : `only ${called.join(', ')}`}`,
    { path: `^src/workflows/${area}/` },
    { path: '^src/workflows/[^/]+/', pathNot: `^src/workflows/(?:${[area, ...called].join('|')})/` },
  ),
);

const treeRules = [
  // The names of Node's modules, with or without `node:`; files have an ending, packages lie in node_modules.
  forbid(
    'bill-check-runs-anywhere',
    'the check of a bill runs in browsers, so nothing that it needs may need Node',
    { path: billCheck },
    { path: '^(?:node:)?[a-z_/]+$', reachable: true },
  ),
  forbid(
    'workflows-have-an-area',
    'a workflow lies in an area with a rule of its own',
    {},
    { path: '^src/workflows/[^/]+/', pathNot: `^src/workflows/(?:${Object.keys(calledAreas).join('|')})/` },
  ),
  forbid(
    'routes-apart',
    'what touches two domains is a workflow',
    { path: '^src/([^/]+)/[a-z-]*\\b(?:routes|consumer|wire)[.]ts$' },
    {
      path: edge,
      pathNot: '^src/$1/',
    },
  ),
  forbid(
    'stores-meet-in-workflows',
    'only a workflow uses the stores of several domains; http/ reads credentials and keeps its own rows',
    { path: '^src/([^/]+)/', pathNot: '^src/(?:workflows|http)/' },
    { path: store, pathNot: '^src/$1/' },
  ),
  forbid(
    'src-stands-alone',
    'the Worker imports nothing outside src/',
    { path: '^src/' },
    { ...ownFiles, pathNot: '^src/' },
  ),
  forbid(
    'tests-serve-tests',
    'only a bench, which is the long form of a test, and the configuration of the tests import test/',
    { pathNot: '^(?:test/|bench/|vitest\\.config\\.ts$)' },
    { path: '^(?:test|bench)/' },
  ),
  forbid('no-cycles', 'two files that need each other are one idea, or hide a third', {}, { circular: true }),
  // `cloudflare:` modules are given by workerd; the packages of sdk/ are where tsconfig.node.json says.
  forbid(
    'imports-exist',
    'every import leads somewhere',
    {},
    { couldNotResolve: true, pathNot: '^(?:cloudflare:|@tenantry/)' },
  ),
];

module.exports = {
  forbidden: [
    ...layerRules,
    ...programRules,
    ...sdkRules,
    ...exampleRules,
    ...packageRules,
    ...areaRules,
    ...treeRules,
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '^(?:dist|ui/dist|sdk/[^/]+/dist|[.]data|[.]wrangler|coverage)/' },
    // TypeScript 7 has no JavaScript API for the default parser. swc sees imports of types too; asking for them by
    // `tsPreCompilationDeps` would ask for TypeScript's own parser, and warn that it is not there.
    parser: 'swc',
    combinedDependencies: true,
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['workerd', 'import', 'node', 'default', 'types'],
    },
  },
};
