/**
 * `npm run figures -- queue-lists`: what the queue console's reads cost beside a D1 query of nothing (GET /ready), with 10,000
 * customers and 100,000 jobs in the embedded platform's own D1. The queue is paused meanwhile, so that nothing changes; limits
 * are lifted, and this says so.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Command } from 'commander';
import { startPlatform } from '../test/harness/platform.ts';
import { callApi, signUp, untilStatus } from './support/api.ts';
import { ask, NOTHING, rankOf } from './support/asking.ts';
import { seedJobs } from './support/customers/jobs.ts';
import { seedShard } from './support/customers/seed.ts';
import { LIMITS_OFF } from './support/intake/target.ts';
import { wholeNumber } from './support/options.ts';
import { seeded } from './support/random.ts';
import { printJson, printTable } from './support/report.ts';

const ENV = { ...LIMITS_OFF, RATE_LIMIT_PUBLIC: 'off' };
const PAGE_LIMIT = 20;

type Options = { customers: number; each: number; rounds: number };

function questionsOf({ customers }: Options): Record<string, () => string> {
  const random = seeded(1);
  const number = (): number => Math.floor(random.fraction() * customers);
  const page = (): number => 1 + Math.floor(random.fraction() * (customers / PAGE_LIMIT));
  return {
    [NOTHING]: () => '/ready',
    'counts by state': () => '/api/queue/stats',
    'first page': () => '/api/queue/jobs',
    'any page': () => `/api/queue/jobs?page=${page()}`,
    'failed ones': () => '/api/queue/jobs?state=failed',
    'waiting ones, any page': () => `/api/queue/jobs?state=waiting&page=${1 + Math.floor(page() / 2)}`,
    'searched for one company': () => `/api/queue/jobs?q=company%20${number()}`,
    'searched for what all have': () => '/api/queue/jobs?q=company',
    'sorted by company': () => '/api/queue/jobs?sort=company_name',
    'by cause': () => '/api/queue/groups',
    'history of a day': () => '/api/queue/history',
    'history of 400 days': () => '/api/queue/history?hours=9600',
  };
}

/** Stops the provisioner from beginning what is seeded. */
async function prepare(dataDir: string, options: Options): Promise<number> {
  const first = await startPlatform({ dataDir, env: ENV });
  try {
    const api = { url: first.url, token: first.ready.admin_token };
    const { customerId } = await signUp(api, 'template');
    await untilStatus(api, customerId, 'ready');
    const paused = await callApi(api, 'POST', '/api/queue/pause', { reason: 'figures' });
    if (paused.status !== 200) throw new Error(`pausing answered ${paused.status}`);
  } finally {
    await first.stop();
  }
  seedShard(dataDir, { count: options.customers, measured: 1, days: 1 });
  return seedJobs(dataDir, options.each);
}

export async function run(args: string[]): Promise<void> {
  const options = new Command('queue-lists')
    .option('--customers <n>', 'customers', wholeNumber, 10_000)
    .option('--each <n>', 'jobs of each', wholeNumber, 10)
    .option('--rounds <n>', 'how often each is asked', wholeNumber, 200)
    .parse(args, { from: 'user' })
    .opts<Options>();
  console.log('rate limits are lifted for this run');
  const dataDir = mkdtempSync(join(tmpdir(), 'tenantry-queue-'));
  try {
    const jobs = await prepare(dataDir, options);
    console.log(`${options.customers} customers, ${jobs} jobs`);
    const platform = await startPlatform({ dataDir, env: ENV });
    try {
      const api = { url: platform.url, token: platform.ready.admin_token };
      const times = await ask(api, questionsOf(options), options.rounds);
      const nothing = rankOf(times.get(NOTHING) ?? [], 0.95);
      const asked = [...times].map(([what, ms]) => ({ what, p50: rankOf(ms, 0.5), p95: rankOf(ms, 0.95) }));
      printTable([
        ['', 'p50 ms', 'p95 ms', 'p95 beside nothing'],
        ...asked.map(({ what, p50, p95 }) => [what, p50, p95, Math.round((p95 / nothing) * 10) / 10]),
      ]);
      printJson('queue-lists', { ...options, jobs, limits: 'off', asked });
    } finally {
      await platform.stop();
    }
  } finally {
    rmSync(dataDir, { recursive: true, force: true });
  }
}
