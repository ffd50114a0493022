/**
 * The same report again and again, at once: single, in batches, with a kill -9 of workerd in the middle so that queue
 * messages are delivered again. Owns the story; a second customer who reports the same once says what it should cost.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { setTimeout as sleep } from 'node:timers/promises';
import { type CostAnswer, costAnswer } from '../../src/contracts/cost.ts';
import { reporterAnswer } from '../../src/contracts/reporters.ts';
import { type HistoryAnswer, historyAnswer } from '../../src/contracts/usage.ts';
import { type Api, callApi, persistently, signUp } from './api.ts';
import { type KeptPlatform, keepPlatform } from './kept-platform.ts';

export type ReplayOptions = {
  /** Single reports, all of them on their way at once. */
  reports: number;
  /** Batches of `itemsPerBatch` copies, beside them. */
  batches: number;
  itemsPerBatch: number;
};

export type ReplayResult = {
  sent: number;
  seconds: number;
  rows: number;
  total_cents: number;
  /** What a customer pays who reported it once. */
  expected_cents: number;
  usage_lines_equal: boolean;
  dead_letters: number;
};

type Sender = { api: Api; customerId: string; report: Record<string, unknown> };

const ANSWER_WITHIN_MS = 120_000;
const DRAIN_WITHIN_MS = 120_000;
const LOOK_EVERY_MS = 100;
const KILL_AFTER_MS = 150;
const INSTANCE = 'replay-1';
/** Above every allowance of Starter, so that each report that counted twice would be paid for twice. */
const quantities = {
  cpu_hours: 2_000,
  memory_gb_hours: 3_000,
  network_bytes_sent: 300 * 2 ** 30,
  network_bytes_received: 100 * 2 ** 30,
  http_requests: 5_000_000,
};

/** A customer with a reporter of a namespace of their own, and the report that it will send. */
async function sender(admin: Api, name: string): Promise<Sender> {
  const { customerId } = await signUp(admin, name);
  const path = `/api/customers/${customerId}/reporters`;
  const namespace = `${name}-attached`;
  const asked = { instance_id: INSTANCE, namespaces: [namespace] };
  const made = reporterAnswer.parse(await persistently(() => callApi(admin, 'POST', path, asked), ANSWER_WITHIN_MS));
  // The seeds' form: no window, so it belongs to the hour of its timestamp, which is in the customer's first period.
  const timestamp = new Date().toISOString();
  const report = { customer_id: customerId, instance_id: INSTANCE, namespace, timestamp, ...quantities };
  return { api: { url: admin.url, token: made.api_key }, customerId, report };
}

const post = ({ api }: Sender, path: string, body: unknown): Promise<unknown> =>
  persistently(() => callApi(api, 'POST', path, body), ANSWER_WITHIN_MS);
const reportOnce = (from: Sender): Promise<unknown> => post(from, '/api/usage/report', from.report);

async function historyOf(admin: Api, customerId: string): Promise<HistoryAnswer> {
  const path = `/api/usage/${customerId}?days=2&granularity=window`;
  return historyAnswer.parse(await persistently(() => callApi(admin, 'GET', path), ANSWER_WITHIN_MS));
}

async function costOf(admin: Api, customerId: string): Promise<CostAnswer> {
  const path = `/api/usage/${customerId}/cost`;
  return costAnswer.parse(await persistently(() => callApi(admin, 'GET', path), ANSWER_WITHIN_MS));
}

/** Waits until no message of any queue is left: all that was accepted has been delivered. */
async function drained(dataDir: string): Promise<void> {
  const deadline = Date.now() + DRAIN_WITHIN_MS;
  const left = () => {
    const db = new DatabaseSync(join(dataDir, 'queue.sqlite'), { readOnly: true });
    const { n } = db.prepare(`SELECT count(*) AS n FROM message WHERE queue LIKE '%usage%'`).get() as { n: number };
    db.close();
    return n;
  };
  while (left() > 0) {
    if (Date.now() > deadline) throw new Error(`${left()} messages are still in the queue`);
    await sleep(LOOK_EVERY_MS);
  }
}

/** Everything at once; workerd is killed while the reports are on their way. Answers how many copies were sent. */
async function sendAll(platform: KeptPlatform, from: Sender, options: ReplayOptions): Promise<number> {
  const { reports, batches, itemsPerBatch } = options;
  const batch = { reports: Array.from({ length: itemsPerBatch }, () => from.report) };
  const sending = [
    ...Array.from({ length: reports }, () => reportOnce(from)),
    ...Array.from({ length: batches }, () => post(from, '/api/usage/batch', batch)),
  ];
  const all = Promise.all(sending);
  await Promise.race([all, sleep(KILL_AFTER_MS)]);
  const workerd = platform.pidOf(/workerd.* serve /);
  if (workerd !== null) process.kill(workerd, 'SIGKILL');
  await all;
  return reports + batches * itemsPerBatch;
}

/** Without what names the period: two customers' periods begin apart. */
const usageLines = ({ lines }: CostAnswer) =>
  JSON.stringify(
    lines
      .filter(({ meter }) => meter !== 'base_fee')
      .map((line) => ({ ...line, line_id: undefined, from: undefined, to: undefined })),
  );

/** Runs it on a platform of its own, with RATE_LIMIT_REPORT off: 60 single reports an hour is the limit otherwise. */
export async function replay(options: ReplayOptions): Promise<ReplayResult> {
  const dataDir = mkdtempSync(join(tmpdir(), 'tenantry-replay-'));
  const platform = await keepPlatform(dataDir, { RATE_LIMIT_REPORT: 'off' }).catch((error: unknown) => {
    rmSync(dataDir, { recursive: true, force: true });
    throw error;
  });
  try {
    const admin = platform.api;
    const [many, once] = [await sender(admin, 'replay-many'), await sender(admin, 'replay-once')];
    await reportOnce(once);
    const startedMs = Date.now();
    const sent = await sendAll(platform, many, options);
    await drained(dataDir);
    const seconds = (Date.now() - startedMs) / 1000;
    const cost = await costOf(admin, many.customerId);
    const expected = await costOf(admin, once.customerId);
    const dead = (await persistently(() => callApi(admin, 'GET', '/api/dead-letters'), ANSWER_WITHIN_MS)) as {
      total: number;
    };
    return {
      sent,
      seconds: Math.round(seconds * 10) / 10,
      rows: (await historyOf(admin, many.customerId)).total,
      total_cents: cost.total_cents,
      expected_cents: expected.total_cents,
      usage_lines_equal: usageLines(cost) === usageLines(expected),
      dead_letters: dead.total,
    };
  } finally {
    await platform.stop();
    rmSync(dataDir, { recursive: true, force: true });
  }
}
