/**
 * `npm run figures -- intake`: reports a second, accepted and durable, beside an Express + PostgreSQL insert per report
 * measured in the same run, and the consumer beside bare node:sqlite. Limits are lifted for the run, and this says so.
 */
import { Command } from 'commander';
import { startPlatform, type TestPlatform } from '../test/harness/platform.ts';
import type { Api } from './support/api.ts';
import { consumerRate } from './support/intake/consumer-rate.ts';
import { startBaseline } from './support/intake/express-baseline.ts';
import { sendAll } from './support/intake/load.ts';
import { batchBodies, reportAt, type Target } from './support/intake/reports.ts';
import { wholeRowAt } from './support/intake/rows.ts';
import { storeBare } from './support/intake/sqlite-floor.ts';
import { LIMITS_OFF, makeTarget, TARGET_REPORTS, untilStored } from './support/intake/target.ts';
import { wholeNumber } from './support/options.ts';
import { printJson, printTable } from './support/report.ts';

const BATCH_SIZE = 1000;
const BATCH_CONNECTIONS = 4;
const SINGLE_CONNECTIONS = 32;
const REPORTS = 3 * TARGET_REPORTS;
const CONSUMER_ROWS = 150_000;
/** As src/usage/chunks.ts cuts them. */
const CHUNK_ROWS = 2500;

/** Reports that warm both sides up before the clock starts. */
const WARM_UP = 10 * BATCH_SIZE;

/** Accepted and durable rates of batches. */
async function batches(admin: Api, count: number) {
  const sizes = Array.from({ length: Math.ceil(count / TARGET_REPORTS) }, (_, i) =>
    Math.min(TARGET_REPORTS, count - i * TARGET_REPORTS),
  );
  const warm = await makeTarget(admin, 'warm');
  const load = { url: admin.url, path: '/api/usage/batch', connections: BATCH_CONNECTIONS };
  await sendAll({ ...load, key: warm.key, bodies: batchBodies(warm.target, WARM_UP, BATCH_SIZE) }, 202);
  await untilStored(admin, warm.target, WARM_UP);
  const targets = await Promise.all(sizes.map((_, i) => makeTarget(admin, `batch-${i}`)));
  const bodies = targets.map(({ target }, i) => batchBodies(target, sizes[i] ?? 0, BATCH_SIZE));
  const started = performance.now();
  let acceptedSeconds = 0;
  for (const [i, { key }] of targets.entries()) {
    acceptedSeconds += await sendAll({ ...load, key, bodies: bodies[i] ?? [] }, 202);
  }
  for (const [i, { target }] of targets.entries()) await untilStored(admin, target, sizes[i] ?? 0);
  const ended = performance.now();
  return {
    accepted: count / acceptedSeconds,
    durable: count / ((ended - started) / 1000),
  };
}

async function singles(admin: Api, count: number) {
  const { target, key } = await makeTarget(admin, 'single');
  const bodies = Array.from({ length: count }, (_, n) => JSON.stringify(reportAt(target, n)));
  const load = { url: admin.url, path: '/api/usage/report', key, bodies, connections: SINGLE_CONNECTIONS };
  const seconds = await sendAll(load, 202);
  await untilStored(admin, target, count);
  return count / seconds;
}

async function express(count: number): Promise<number | null> {
  const key = `rep_${'0'.repeat(32)}_${'1'.repeat(32)}`;
  const target: Target = { customerId: 'bench', instanceId: 'bench', namespaces: ['one'], from: 0 };
  const baseline = await startBaseline(key, target.customerId);
  if (!baseline) return null;
  try {
    const bodies = Array.from({ length: count }, (_, n) => JSON.stringify(reportAt(target, n)));
    const load = { url: baseline.url, path: '/api/usage/report', key, bodies, connections: SINGLE_CONNECTIONS };
    const seconds = await sendAll(load, 202);
    if ((await baseline.rows()) !== count) throw new Error('the baseline lost reports');
    return count / seconds;
  } finally {
    await baseline.stop();
  }
}

/** The consumer's rows, in the shard's own table, by node:sqlite alone. */
const bareSqlite = (count: number): number =>
  count /
  storeBare(
    Array.from({ length: count }, (_, n) => wholeRowAt(n)),
    CHUNK_ROWS,
  );

const whole = (n: number | null): number | string => (n === null ? 'not here' : Math.round(n));
const ratio = (a: number, b: number | null): number | null => (b === null ? null : Math.round((a / b) * 100) / 100);

async function measure(platform: TestPlatform, reports: number, single: number) {
  const api = { url: platform.url, token: platform.ready.admin_token };
  const baseline = await express(single);
  const one = await singles(api, single);
  const { accepted, durable } = await batches(api, reports);
  return [
    { what: 'accepted by batch', rate: accepted, against: baseline, ratio: ratio(accepted, baseline), least: 20 },
    { what: 'durable in D1, end to end', rate: durable, against: baseline, ratio: ratio(durable, baseline), least: 4 },
    { what: 'single reports accepted', rate: one, against: baseline, ratio: ratio(one, baseline), least: 0.3 },
  ];
}

async function measureConsumer(rows: number) {
  const floor = bareSqlite(rows);
  const rate = await consumerRate(rows);
  return { what: 'consumer into D1', rate, against: floor, ratio: ratio(rate, floor), least: 0.6 };
}

export async function run(args: string[]): Promise<void> {
  const options = new Command('intake')
    .option('--reports <n>', `reports sent in batches of ${BATCH_SIZE}`, wholeNumber, REPORTS)
    .option('--single <n>', 'reports sent one by one, to us and to Express', wholeNumber, 6000)
    .parse(args, { from: 'user' })
    .opts<{ reports: number; single: number }>();
  const consumer = await measureConsumer(Math.min(options.reports, CONSUMER_ROWS));
  console.log('rate limits are lifted for this run (RATE_LIMIT_REPORT, RATE_LIMIT_SIGNUP, RATE_LIMIT_AUTH = off)');
  const platform = await startPlatform({ env: LIMITS_OFF });
  try {
    const checks = [...(await measure(platform, options.reports, options.single)), consumer];
    printTable([
      ['', 'reports/s', 'against', 'ratio', 'at least'],
      ...checks.map((c) => [c.what, whole(c.rate), whole(c.against), c.ratio ?? '-', c.least]),
    ]);
    printJson('intake', { ...options, limits: 'off', checks });
    if (checks.some((c) => c.ratio !== null && c.ratio < c.least)) process.exitCode = 1;
  } finally {
    await platform.stop();
  }
}
