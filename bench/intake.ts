/**
 * `npm run figures -- intake`: reports a second, accepted and durable, beside an Express + PostgreSQL insert per report
 * measured in the same run, and the consumer beside bare node:sqlite. Limits are lifted for the run, and this says so.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { Command } from 'commander';
import type { HistoryAnswer } from '../src/contracts/usage.ts';
import { startPlatform, type TestPlatform } from '../test/harness/platform.ts';
import { callApi } from './support/api.ts';
import { startBaseline } from './support/intake/express-baseline.ts';
import { sendAll } from './support/intake/load.ts';
import { batchBodies, reportAt, type Target } from './support/intake/reports.ts';
import { storeBare } from './support/intake/sqlite-floor.ts';
import { wholeNumber } from './support/options.ts';
import { printJson, printTable } from './support/report.ts';

const BATCH_SIZE = 1000;
const BATCH_CONNECTIONS = 4;
const SINGLE_CONNECTIONS = 32;
const NAMESPACES = 50;
const DAYS = 60;
const HOURS = DAYS * 24;
const DAY_MS = 86_400_000;
const POLL_MS = 100;
const CHUNK_ROWS = 5000;

type Admin = { url: string; token: string };

async function asked(admin: Admin, method: string, path: string, body?: unknown): Promise<Record<string, unknown>> {
  const answer = await callApi(admin, method, path, body);
  if (answer.status >= 300)
    throw new Error(`${method} ${path} answered ${answer.status}: ${JSON.stringify(answer.body)}`);
  return answer.body as Record<string, unknown>;
}

/** A customer with a reporter of many namespaces, active long enough for as many windows as a run needs. */
async function makeTarget(admin: Admin, n: number): Promise<{ target: Target; key: string }> {
  const mark = `${Date.now()}-${n}`;
  const made = await asked(admin, 'POST', '/api/customers/signup', {
    email: `intake-${mark}@example.com`,
    company_name: 'Intake',
  });
  const customerId = String((made['customer'] as { customer_id: string }).customer_id);
  const from = Math.floor(Date.now() / DAY_MS) * DAY_MS - DAYS * DAY_MS;
  const namespaces = Array.from({ length: NAMESPACES }, (_, i) => `intake-${mark}-${i}`);
  const body = { instance_id: 'bench', namespaces, active_from: new Date(from).toISOString() };
  const reporter = await asked(admin, 'POST', `/api/customers/${customerId}/reporters`, body);
  return { target: { customerId, instanceId: 'bench', namespaces, from }, key: String(reporter['api_key']) };
}

const stored = async (admin: Admin, target: Target): Promise<number> =>
  ((await asked(admin, 'GET', `/api/usage/${target.customerId}?granularity=window&days=90&limit=1`)) as HistoryAnswer)
    .total;

async function untilStored(admin: Admin, target: Target, count: number): Promise<void> {
  while ((await stored(admin, target)) < count) await sleep(POLL_MS);
}

/** Accepted and durable rates of batches, and the consumer's own while nothing else is asked. */
async function batches(admin: Admin, count: number) {
  const { target, key } = await makeTarget(admin, 1);
  const bodies = batchBodies(target, count, BATCH_SIZE);
  const started = performance.now();
  const load = { url: admin.url, path: '/api/usage/batch', key, bodies, connections: BATCH_CONNECTIONS };
  const acceptedSeconds = await sendAll(load, 202);
  const before = await stored(admin, target);
  const quiet = performance.now();
  await untilStored(admin, target, count);
  const ended = performance.now();
  return {
    accepted: count / acceptedSeconds,
    durable: count / ((ended - started) / 1000),
    consumer: (count - before) / ((ended - quiet) / 1000),
  };
}

async function singles(admin: Admin, count: number) {
  const { target, key } = await makeTarget(admin, 2);
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

/** The same rows as the consumer's, in the shard's own table. */
function bareSqlite(count: number): number {
  const quantities = [1_000_000, 7_372_800, 36_864_000, 1_234_567_890, 987_654_321, 125_000];
  const rows = Array.from({ length: count }, (_, n) => [
    1,
    (Math.floor(n / NAMESPACES) + 1) * 3_600_000,
    1,
    n % NAMESPACES,
    3600,
    n,
    n,
    1,
    0,
    0,
    ...quantities.map((q) => q + n),
    ...Array<null>(12).fill(null),
    73_728_000,
    28_800,
    ...Array<null>(6).fill(null),
  ]);
  return count / storeBare(rows, CHUNK_ROWS);
}

const whole = (n: number | null): number | string => (n === null ? 'not here' : Math.round(n));
const ratio = (a: number, b: number | null): number | null => (b === null ? null : Math.round((a / b) * 100) / 100);

async function measure(platform: TestPlatform, reports: number, single: number) {
  const admin = { url: platform.url, token: platform.ready.admin_token };
  const floor = bareSqlite(reports);
  const baseline = await express(single);
  const one = await singles(admin, single);
  const many = await batches(admin, reports);
  const checks = [
    {
      what: 'accepted by batch',
      rate: many.accepted,
      against: baseline,
      ratio: ratio(many.accepted, baseline),
      least: 20,
    },
    {
      what: 'durable in D1, end to end',
      rate: many.durable,
      against: baseline,
      ratio: ratio(many.durable, baseline),
      least: 4,
    },
    { what: 'single reports accepted', rate: one, against: baseline, ratio: ratio(one, baseline), least: 0.3 },
    { what: 'consumer into D1', rate: many.consumer, against: floor, ratio: ratio(many.consumer, floor), least: 0.6 },
  ];
  return checks;
}

export async function run(args: string[]): Promise<void> {
  const options = new Command('intake')
    .option('--reports <n>', `reports sent in batches of ${BATCH_SIZE}`, wholeNumber, NAMESPACES * HOURS)
    .option('--single <n>', 'reports sent one by one, to us and to Express', wholeNumber, 6000)
    .parse(args, { from: 'user' })
    .opts<{ reports: number; single: number }>();
  if (options.reports > NAMESPACES * HOURS) throw new Error(`at most ${NAMESPACES * HOURS} reports`);
  console.log('rate limits are lifted for this run (RATE_LIMIT_REPORT, RATE_LIMIT_SIGNUP, RATE_LIMIT_AUTH = off)');
  const off = { RATE_LIMIT_REPORT: 'off', RATE_LIMIT_SIGNUP: 'off', RATE_LIMIT_AUTH: 'off' };
  const platform = await startPlatform({ env: off });
  try {
    const checks = await measure(platform, options.reports, options.single);
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
