/**
 * `npm run figures -- customers`: what a full control database costs its readers. 30,000 customers in the embedded platform's
 * own D1, and the time of a cost, a forecast and the customer list beside a D1 query of nothing (GET /ready), one after another
 * in each round, so that what else the machine does meets all of them. Limits are lifted for the run, and this says so.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Command } from 'commander';
import { startPlatform } from '../test/harness/platform.ts';
import { signUp, untilStatus } from './support/api.ts';
import { ask, NOTHING, rankOf } from './support/asking.ts';
import { seedShard } from './support/customers/seed.ts';
import { LIMITS_OFF } from './support/intake/target.ts';
import { wholeNumber } from './support/options.ts';
import { seeded } from './support/random.ts';
import { printJson, printTable } from './support/report.ts';

const ENV = { ...LIMITS_OFF, RATE_LIMIT_PUBLIC: 'off' };
const PAGE_LIMIT = 20;

type Options = { customers: number; measured: number; days: number; rounds: number };

/** What is asked in each round, by its name in the table. */
function questionsOf(measured: readonly string[], { customers }: Options): Record<string, () => string> {
  const random = seeded(1);
  const some = (): string => random.pick(measured);
  const page = (): number => 1 + Math.floor(random.fraction() * (customers / PAGE_LIMIT));
  const number = (): number => Math.floor(random.fraction() * customers);
  return {
    [NOTHING]: () => '/ready',
    'cost of the running period': () => `/api/usage/${some()}/cost`,
    'cost of the period before': () => `/api/usage/${some()}/cost?period=previous`,
    forecast: () => `/api/usage/${some()}/forecast`,
    periods: () => `/api/customers/${some()}/periods`,
    'customer list, its first page': () => '/api/customers',
    'customer list, any page': () => `/api/customers?page=${page()}`,
    'customer list, searched for one': () => `/api/customers?q=person-${number()}@`,
    'customer list, searched for what all have': () => '/api/customers?q=company',
  };
}

/** The platform's data with a shard full of customers in it. */
async function prepare(dataDir: string, options: Options) {
  const first = await startPlatform({ dataDir, env: ENV });
  try {
    const api = { url: first.url, token: first.ready.admin_token };
    const { customerId } = await signUp(api, 'template');
    await untilStatus(api, customerId, 'ready');
  } finally {
    await first.stop();
  }
  const begun = performance.now();
  const made = seedShard(dataDir, { ...options, count: options.customers });
  const seconds = Math.round((performance.now() - begun) / 1000);
  console.log(
    `${options.customers} customers, ${made.measured.length} with ${options.days} days of hours: ${made.windows} windows, in ${seconds} s`,
  );
  return made;
}

export async function run(args: string[]): Promise<void> {
  const options = new Command('customers')
    .option('--customers <n>', 'customers of the control database', wholeNumber, 30_000)
    .option('--measured <n>', 'customers whose hours are stored', wholeNumber, 600)
    .option('--days <n>', 'days of hours', wholeNumber, 62)
    .option('--rounds <n>', 'how often each is asked', wholeNumber, 200)
    .parse(args, { from: 'user' })
    .opts<Options>();
  console.log('rate limits are lifted for this run');
  const dataDir = mkdtempSync(join(tmpdir(), 'tenantry-customers-'));
  try {
    const { measured, windows } = await prepare(dataDir, options);
    const platform = await startPlatform({ dataDir, env: ENV });
    try {
      const api = { url: platform.url, token: platform.ready.admin_token };
      const times = await ask(api, questionsOf(measured, options), options.rounds);
      const nothing = rankOf(times.get(NOTHING) ?? [], 0.95);
      const asked = [...times].map(([what, ms]) => {
        const p95 = rankOf(ms, 0.95);
        return { what, p50: rankOf(ms, 0.5), p95, ratio: Math.round((p95 / nothing) * 10) / 10 };
      });
      printTable([
        ['', 'p50 ms', 'p95 ms', 'p95 beside nothing'],
        ...asked.map(({ what, p50, p95, ratio }) => [what, p50, p95, ratio]),
      ]);
      printJson('customers', { ...options, windows, limits: 'off', asked });
    } finally {
      await platform.stop();
    }
  } finally {
    rmSync(dataDir, { recursive: true, force: true });
  }
}
