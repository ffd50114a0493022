/**
 * `npm run figures -- intake`: reports a second, accepted and durable, beside an Express + PostgreSQL insert per report
 * measured in the same run, and the consumer beside bare node:sqlite. Limits are lifted for the run, and this says so.
 */
import { Command } from 'commander';
import { startPlatform } from '../test/harness/platform.ts';
import type { Api } from './support/api.ts';
import { consumerRate } from './support/intake/consumer-rate.ts';
import { type Baseline, startBaseline } from './support/intake/express-baseline.ts';
import { sendAll } from './support/intake/load.ts';
import { batchBodies, reportAt, type Target } from './support/intake/reports.ts';
import { wholeRowAt, wholeRowColumns } from './support/intake/rows.ts';
import { storeBare } from './support/intake/sqlite-floor.ts';
import {
  type Keyed,
  LIMITS_OFF,
  makeTarget,
  makeTargets,
  TARGET_REPORTS,
  untilStored,
} from './support/intake/target.ts';
import { wholeNumber } from './support/options.ts';
import { printJson, printTable } from './support/report.ts';

const BATCH_SIZE = 1000;
const BATCH_CONNECTIONS = 4;
const SINGLE_CONNECTIONS = 32;
/** Who sends reports one by one measures a namespace or a few; a reporter of fifty sends batches. */
const SINGLE_NAMESPACES = 3;
/** As many as that none of their keys is still remembered (src/credentials/recent.ts) when its turn comes again. */
const REPORTERS = 2000;
const CONSUMER_ROWS = 150_000;
/** As src/usage/message/chunks.ts cuts them. */
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
  await sendAll({ ...load, keys: [warm.key], bodies: batchBodies(warm.target, WARM_UP, BATCH_SIZE) }, 202);
  await untilStored(admin, warm.target, WARM_UP);
  const targets = await Promise.all(sizes.map((_, i) => makeTarget(admin, `batch-${i}`)));
  const bodies = targets.map(({ target }, i) => batchBodies(target, sizes[i] ?? 0, BATCH_SIZE));
  const started = performance.now();
  let acceptedSeconds = 0;
  for (const [i, { key }] of targets.entries()) {
    acceptedSeconds += await sendAll({ ...load, keys: [key], bodies: bodies[i] ?? [] }, 202);
  }
  for (const [i, { target }] of targets.entries()) await untilStored(admin, target, sizes[i] ?? 0);
  const ended = performance.now();
  return {
    accepted: count / acceptedSeconds,
    durable: count / ((ended - started) / 1000),
  };
}

async function singles(admin: Api, count: number) {
  const { target, key } = await makeTarget(admin, 'single', SINGLE_NAMESPACES);
  const bodies = Array.from({ length: count }, (_, n) => JSON.stringify(reportAt(target, n)));
  const load = { url: admin.url, path: '/api/usage/report', keys: [key], bodies, connections: SINGLE_CONNECTIONS };
  const seconds = await sendAll(load, 202);
  await untilStored(admin, target, count);
  return count / seconds;
}

/** Reports of many reporters in turn: each key has to be read. Each round sends windows of its own. */
async function strangers(admin: Api, reporters: readonly Keyed[], count: number, round: number) {
  const bodies = Array.from({ length: count }, (_, n) => {
    const { target } = reporters[n % reporters.length] as Keyed;
    return JSON.stringify(
      reportAt(target, round * Math.ceil(count / reporters.length) + Math.floor(n / reporters.length)),
    );
  });
  const load = { url: admin.url, path: '/api/usage/report', keys: reporters.map(({ key }) => key), bodies };
  return count / (await sendAll({ ...load, connections: SINGLE_CONNECTIONS }, 202));
}

const BASELINE_KEY = `rep_${'0'.repeat(32)}_${'1'.repeat(32)}`;
const BASELINE: Target = { customerId: 'bench', instanceId: 'bench', namespaces: ['one'], from: 0 };

/** One round of the baseline; `round` chooses windows that were not sent before. */
async function express(baseline: Baseline, count: number, round: number): Promise<number> {
  const bodies = Array.from({ length: count }, (_, n) => JSON.stringify(reportAt(BASELINE, round * count + n)));
  const load = { url: baseline.url, path: '/api/usage/report', keys: [BASELINE_KEY], bodies };
  const seconds = await sendAll({ ...load, connections: SINGLE_CONNECTIONS }, 202);
  if ((await baseline.rows()) !== (round + 1) * count) throw new Error('the baseline lost reports');
  return count / seconds;
}

/** The consumer's rows, in the shard's own table, by node:sqlite alone. */
const bareSqlite = (count: number): number =>
  count /
  storeBare(
    wholeRowColumns,
    Array.from({ length: count }, (_, n) => wholeRowAt(n)),
    CHUNK_ROWS,
  );

const ratio = (a: number, b: number | null): number | null => (b === null ? null : Math.round((a / b) * 100) / 100);

type Rates = {
  express: number | null;
  single: number;
  strangers: number;
  accepted: number;
  durable: number;
  floor: number;
  consumer: number;
};

type Sides = { api: Api; baseline: Baseline | null; reporters: Keyed[] };

/** One round: each side after the other, so that what else the machine does meets both. */
async function measure(sides: Sides, options: Options, round: number): Promise<Rates> {
  const { api, baseline, reporters } = sides;
  const rows = Math.min(options.reports, CONSUMER_ROWS);
  return {
    express: baseline && (await express(baseline, options.single, round)),
    single: await singles(api, options.single),
    strangers: await strangers(api, reporters, options.single, round),
    ...(await batches(api, options.reports)),
    floor: bareSqlite(rows),
    consumer: await consumerRate(rows),
  };
}

/** The middle one of the rounds, null when a side is not here. */
function middle(rounds: readonly Rates[], of: (rates: Rates) => number | null): number | null {
  const values = rounds.map(of).filter((value) => value !== null);
  return values.sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? null;
}

type Options = { reports: number; single: number; rounds: number };

export async function run(args: string[]): Promise<void> {
  const options = new Command('intake')
    .option('--reports <n>', `reports a round, in batches of ${BATCH_SIZE}`, wholeNumber, TARGET_REPORTS)
    .option('--single <n>', 'reports a round sent one by one, to us and to Express', wholeNumber, 3000)
    .option('--rounds <n>', 'the middle one is shown', wholeNumber, 3)
    .parse(args, { from: 'user' })
    .opts<Options>();
  console.log('rate limits are lifted for this run (RATE_LIMIT_REPORT, RATE_LIMIT_SIGNUP, RATE_LIMIT_AUTH = off)');
  const platform = await startPlatform({ env: LIMITS_OFF });
  const baseline = await startBaseline(BASELINE_KEY, BASELINE.customerId);
  try {
    const api = { url: platform.url, token: platform.ready.admin_token };
    const rounds: Rates[] = [];
    const reporters = await makeTargets(api, 'stranger', Math.min(REPORTERS, options.single));
    for (let round = 0; round < options.rounds; round++) {
      rounds.push(await measure({ api, baseline, reporters }, options, round));
    }
    const check = (what: string, of: keyof Rates, against: keyof Rates, least: number | null) => ({
      what,
      rate: Math.round(middle(rounds, (r) => r[of]) ?? 0),
      against,
      floor: Math.round(middle(rounds, (r) => r[against]) ?? 0),
      // Of each round by itself: what else the machine does then meets both sides.
      ratio: middle(rounds, (r) => ratio(r[of] ?? 0, r[against])),
      least,
    });
    const checks = [
      check('accepted by batch', 'accepted', 'express', 20),
      check('durable in D1, end to end', 'durable', 'express', 4),
      check('single reports accepted', 'single', 'express', 0.3),
      check('single, each of another reporter', 'strangers', 'express', null),
      check('consumer into D1', 'consumer', 'floor', 0.6),
    ];
    printTable([
      ['', 'reports/s', 'against', '', 'ratio', 'at least'],
      ...checks.map((c) => [c.what, c.rate, c.against, c.floor || 'not here', c.ratio ?? '-', c.least ?? '-']),
    ]);
    printJson('intake', { ...options, limits: 'off', checks, measured: rounds });
    if (checks.some((c) => c.ratio !== null && c.least !== null && c.ratio < c.least)) process.exitCode = 1;
  } finally {
    await baseline?.stop();
    await platform.stop();
  }
}
