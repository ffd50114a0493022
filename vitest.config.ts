import { readFileSync } from 'node:fs';
import { cloudflareTest, readD1Migrations } from '@cloudflare/vitest-plugin';
import { exportJWK, generateKeyPair } from 'jose';
import { defineConfig } from 'vitest/config';
import { testsWithoutDatabase } from './test/harness/without-database.ts';

/** A key set of this run's own. */
async function testKeys(): Promise<string> {
  const pair = await generateKeyPair('RS256', { extractable: true });
  return JSON.stringify([await exportJWK(pair.privateKey)]);
}

/** What signs statements in this run. */
async function testStatementKeys(): Promise<string> {
  const pair = await generateKeyPair('ES256', { extractable: true });
  return JSON.stringify([await exportJWK(pair.privateKey)]);
}

/** What `npm run figures` asks of tests that run inside workerd (bench/organisation-sums.ts, corrections.ts, webhooks.ts, intents.ts, drift.ts, statements.ts, closing.ts, year.ts). */
function figureOptions(): Record<string, number> {
  const asked = [
    'ORGANISATION_MONTHS',
    'ORGANISATION_FIRST',
    'CORRECTION_STORIES',
    'CORRECTION_FIRST',
    'WEBHOOK_ORDERS',
    'WEBHOOK_FIRST',
    'WEBHOOK_RENEWALS',
    'WEBHOOK_OUTAGE_CUSTOMERS',
    'INTENT_CUSTOMERS',
    'INTENT_ORDERS',
    'INTENT_FIRST',
    'INVOICE_SEEDS',
    'INVOICE_FIRST',
    'DRIFT_SEEDS',
    'DRIFT_FIRST',
    'CLOSING_CUSTOMERS',
    'STATEMENTS',
    'STATEMENTS_FIRST',
    'STATEMENTS_NAMESPACES',
    'YEAR_CUSTOMERS',
    'YEAR_DAYS',
    'YEAR_SEED',
    'YEAR_PACE',
  ];
  return Object.fromEntries(
    asked.flatMap((name) => (process.env[name] === undefined ? [] : [[`TEST_${name}`, Number(process.env[name])]])),
  );
}

const workerTests = ['test/src/**/*.test.ts', 'test/sdk/**/*.anywhere.test.ts'];

/** What the Worker of the tests is given. */
async function madeBindings() {
  return {
    LICENSE_PRIVATE_KEYS: await testKeys(),
    STATEMENT_PRIVATE_KEYS: await testStatementKeys(),
    ADMIN_API_TOKEN: 'test-root-token-0123456789abcdef0123456789abcdef',
    ALLOW_SHORT_WINDOWS: 'true',
    SIGNUP_PLANS: 'starter,professional,enterprise',
    RATE_LIMIT_SIGNUP: 'off',
    RATE_LIMIT_AUTH: 'off',
    RATE_LIMIT_SIGN_IN: 'off',
    RATE_LIMIT_LINKS: 'off',
    RATE_LIMIT_REPORT: 'off',
    RATE_LIMIT_BATCH: 'off',
    RATE_LIMIT_VALIDATE: 'off',
    RATE_LIMIT_WEBHOOKS: 'off',
    RATE_LIMIT_PUBLIC: 'off',
    STRIPE_WEBHOOK_SECRET: 'whsec_test_secret_of_the_tests',
    ...figureOptions(),
    TEST_PLANS: readFileSync('plans.yaml', 'utf8'),
    TEST_WORKER_DOCUMENT: readFileSync('docs/worker.md', 'utf8'),
    TEST_API_EXAMPLES: readFileSync('docs/api-examples.md', 'utf8'),
    TEST_OPENAPI: readFileSync('docs/openapi.json', 'utf8'),
    TEST_CONTROL_MIGRATIONS: await readD1Migrations('migrations/control'),
    TEST_USAGE_MIGRATIONS: await readD1Migrations('migrations/usage'),
    TEST_WITHOUT_DATABASE: testsWithoutDatabase(import.meta.dirname, workerTests),
  };
}

let made: ReturnType<typeof madeBindings> | undefined;

/** They are made once: vitest asks before every file, and keys take longer than many a test. */
function workerBindings() {
  made ??= madeBindings();
  return made;
}

/** What the Worker and its tests take from packages that can be bundled. One that is not here only costs time. */
const bundledPackages = [
  '@hono/zod-validator',
  'decimal.js',
  'drizzle-orm',
  'drizzle-orm/d1',
  'drizzle-orm/sqlite-core',
  'fast-check',
  'hono',
  'hono/compress',
  'hono/secure-headers',
  'hono/utils/cookie',
  'jose',
  'stripe',
  'yaml',
  'zod',
];

/** Packages' source maps name sources that the packages do not ship: Vite would say so, a line for each file. */
const packagesWithoutMaps = {
  name: 'packages-without-source-maps',
  enforce: 'pre' as const,
  load(id: string) {
    const [file = ''] = id.split('?');
    if (!/\/node_modules\/.*\.m?js$/.test(file) || id.startsWith('\0')) return null;
    const code = readFileSync(file, 'utf8').replace(/^\/\/# sourceMappingURL=.*$/gm, '');
    return { code, map: null };
  },
};

// Two kinds of test: `worker` runs inside workerd with real D1, Queues and Durable Objects; `node` is everything else
// (the programs, the embedded platform, the real cluster, the project's own rules). A package of sdk/ runs in both, and so
// does a test of one whose name ends with `.anywhere.test.ts`.
export default defineConfig({
  test: {
    // Twice CI's cores: much of what runs here waits for a cluster, a window's end, a page.
    maxWorkers: 4,
    projects: [
      {
        plugins: [
          packagesWithoutMaps,
          cloudflareTest(async () => ({
            wrangler: { configPath: './wrangler.toml' },
            miniflare: {
              bindings: await workerBindings(),
            },
          })),
        ],
        test: {
          name: 'worker',
          // Every file loads what the Worker is made of anew: what comes from packages is bundled once, six hundred modules become a few.
          deps: { optimizer: { ssr: { enabled: true, include: bundledPackages } } },
          include: workerTests,
          setupFiles: ['test/harness/worker/setup.ts'],
          globalSetup: ['test/harness/stripe-stand-in.ts'],
          testTimeout: 30_000,
          hookTimeout: 60_000,
        },
      },
      {
        test: {
          name: 'node',
          include: ['test/**/*.test.ts'],
          exclude: ['test/src/**', '**/node_modules/**'],
          globalSetup: ['test/harness/run-folder.ts'],
          // For what hangs, a page's wait included; what runs takes far less, also on a machine that does eight other things.
          testTimeout: 300_000,
          hookTimeout: 300_000,
          expect: { poll: { timeout: 60_000 } },
        },
      },
    ],
  },
});
