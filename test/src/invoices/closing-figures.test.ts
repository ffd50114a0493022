/**
 * What closing a period costs: round trips of the databases, calls of Stripe, and time of our own, at a stand-in that takes 100 calls a
 * second. The short form of `npm run figures -- closing` holds the counts; seconds are printed.
 */
import { env } from 'cloudflare:workers';
import { beforeAll, expect, it } from 'vitest';
import { servicesOf } from '../../../src/services.ts';
import { carriersOf, contextOf } from '../../../src/wiring.ts';
import { closePeriods } from '../../../src/workflows/billing/close-period.ts';
import { deliverOutbox } from '../../../src/workflows/delivery/deliver-outbox.ts';
import { ensureCluster, makeApi } from '../../harness/worker/api.ts';
import { countedDatabase } from '../../harness/worker/counted-database.ts';
import { openStandIn, type StandInOfTests } from '../../harness/worker/stripe.ts';
import { billingOf, hour, minute } from './harness.ts';

const { TEST_CLOSING_CUSTOMERS: customers = 2 } = env as unknown as { TEST_CLOSING_CUSTOMERS?: number };
const api = makeApi(Date.parse('2026-01-05T09:10:00.000Z'));
let stripe: StandInOfTests;
const billing = billingOf(api, () => stripe);

const counts = { control: 0, shard: 0, stripe: 0 };
/** While anything of a kind is under way, ms. */
const busy = { databases: 0, stripe: 0 };
const running = { databases: 0, stripe: 0 };
let since = performance.now();

/** Adds up the time in which at least one of a kind is under way. */
function note(kind: 'databases' | 'stripe', by: 1 | -1): void {
  const now = performance.now();
  for (const one of ['databases', 'stripe'] as const) if (running[one] > 0) busy[one] += now - since;
  since = now;
  running[kind] += by;
}
const timed =
  (kind: 'databases' | 'stripe', count: keyof typeof counts) =>
  async <T>(run: () => Promise<T>): Promise<T> => {
    counts[count] += 1;
    note(kind, 1);
    try {
      return await run();
    } finally {
      note(kind, -1);
    }
  };

beforeAll(async () => {
  await ensureCluster(api);
  stripe = await openStandIn(api, 100);
  await stripe.publish();
  Object.assign(api.bindings, {
    CONTROL: countedDatabase(api.bindings['CONTROL'] as D1Database, timed('databases', 'control')),
    USAGE_0: countedDatabase(api.bindings['USAGE_0'] as D1Database, timed('databases', 'shard')),
  });
  api.internet.set(stripe.url, (request) => timed('stripe', 'stripe')(() => fetch(request)));
});

interface Phase {
  ms: number;
  /** In which no Stripe call was under way. */
  ownMs: number;
  control: number;
  shard: number;
  stripe: number;
}

async function phase(run: () => Promise<unknown>): Promise<Phase> {
  Object.assign(counts, { control: 0, shard: 0, stripe: 0 });
  Object.assign(busy, { databases: 0, stripe: 0 });
  const begun = performance.now();
  await run();
  const ms = performance.now() - begun;
  return { ms, ownMs: ms - busy.stripe, ...counts };
}

const services = () => servicesOf(api.bindings, { waitUntil: () => {} }, api.outside);

/** A call takes 200 orders at most, and each of these customers has two. */
async function sendAll(): Promise<void> {
  for (let sent = 0; sent < customers; sent += 50) await deliverOutbox(carriersOf(services()));
}

/** A tick applies 500 events, and each of these customers has less than ten of them. */
async function tellAll(): Promise<void> {
  for (let told = 0; told < customers; told += 50) await billing.tell();
}

it('closing a period takes few round trips and calls', { timeout: 3_600_000 }, async () => {
  const ends: number[] = [];
  const ids: string[] = [];
  for (let n = 0; n < customers; n++) {
    const { made } = await billing.paying('starter');
    const id = made.customer.customer_id;
    await billing.tell();
    const { start, end } = (await billing.periodsOf(id)).at(-1) ?? { start: 0, end: 0 };
    const first = Math.ceil(start / hour) * hour + hour;
    await billing.uses(id, first, 800, start + 2 * hour);
    const { customerSeq, reporterSeq, projectSeq } = (await billing.control
      .prepare(
        `SELECT c.seq AS customerSeq, r.seq AS reporterSeq, p.seq AS projectSeq FROM customers c
        JOIN reporters r ON r.customer_id = c.id JOIN projects p ON p.customer_id = c.id WHERE c.id = ? LIMIT 1`,
      )
      .bind(id)
      .first<Record<string, number>>()) ?? { customerSeq: 0, reporterSeq: 0, projectSeq: 0 };
    // A window for each hour of the month.
    await billing.shard
      .prepare(
        `INSERT OR IGNORE INTO windows (customer_seq, window_end, reporter_seq, project_seq, seconds, revision, accepted_at, complete, gap_ms, missing, cpu_core_ms)
        WITH RECURSIVE h(at) AS (SELECT ?1 UNION ALL SELECT at + 3600000 FROM h WHERE at + 3600000 <= ?2)
        SELECT ?3, at, ?4, ?5, 3600, at, at, 1, 0, 0, 3600000 FROM h`,
      )
      .bind(first, end, customerSeq, reporterSeq, projectSeq)
      .run();
    ends.push(end);
    ids.push(id);
  }
  const last = Math.max(...ends);
  await stripe.move(last + minute);
  const held = await phase(tellAll);
  await stripe.move(last + 17 * minute);
  const rated = await phase(() => closePeriods(contextOf(services())));
  const sent = await phase(sendAll);
  const told = await phase(tellAll);
  const states = await billing.control
    .prepare("SELECT count(*) AS n FROM invoices WHERE state = 'paid' AND rated_at IS NOT NULL AND late = 0")
    .first<{ n: number }>();
  expect(states).toEqual({ n: customers });
  // A month later each has a period that was billed before, and is rated by its sums again.
  const nexts = await Promise.all(ids.map(async (one) => (await billing.periodsOf(one)).at(-1)?.end ?? 0));
  const next = Math.max(...nexts);
  await stripe.move(next + minute);
  await tellAll();
  await stripe.move(next + 17 * minute);
  const again = await phase(() => closePeriods(contextOf(services())));
  const each = (one: Phase) =>
    Object.fromEntries(Object.entries(one).map(([name, value]) => [name, Math.round((value / customers) * 10) / 10]));
  const phases = { held: each(held), rated: each(rated), sent: each(sent), told: each(told), again: each(again) };
  console.log(`figure closing ${JSON.stringify({ customers, ...phases })}`);
  for (const [name, one] of Object.entries(phases)) console.log(`${name.padEnd(6)} ${JSON.stringify(one)}`);
  expect((rated.control + rated.shard) / customers).toBeLessThanOrEqual(24);
  expect(sent.stripe / customers).toBeLessThanOrEqual(8);
  expect(told.stripe / customers).toBeLessThanOrEqual(3);
});
