/** Delivers outbox rows: at once after their commit, and from cron until they are confirmed. Each row stands alone. */
import { commit, type Db } from '../../db/client.ts';
import { backoffMs } from '../../lib/backoff.ts';
import { dayMs, hourMs, secondMs } from '../../lib/time.ts';
import type { OutboxRow } from '../../outbox/store.ts';
import * as outboxStore from '../../outbox/store.ts';
import { each } from '../each.ts';
import type { Carriers } from './carriers.ts';
import { senders } from './senders.ts';

const doneKeptMs = 7 * dayMs;
const pauses = { baseMs: 5 * secondMs, maxMs: hourMs, jitter: 0 };
/** Rows that are claimed together, for a minute; how often a tick of cron does so; and how many are sent beside one another. */
const rowsAtOnce = 200;
const passesMax = 2;
const atOnce = 20;

/** Kinds that are calls of Stripe, whose outcome may be unclear. */
const calls = [
  'stripe_customer',
  'stripe_price',
  'stripe_go_on',
  'stripe_move',
  'stripe_pause',
  'stripe_cancel',
  'stripe_drop',
  'stripe_hold',
  'stripe_invoice',
  'stripe_lines',
  'stripe_usage',
  'stripe_finalize',
  'stripe_credit',
  'stripe_billing',
] as const;

/** How many rows a pass has claimed, without those that came about with them, and how many were confirmed, with those. */
interface Pass {
  claimed: number;
  confirmed: number;
}

/**
 * Delivers the named rows, or what is due, and what has come about with them. Returns how many were confirmed. Never throws for a
 * carrier's failure.
 */
export const deliverOutbox = async (carriers: Carriers, ids?: readonly string[]): Promise<number> =>
  (await pass(carriers, ids)).confirmed;

async function pass(carriers: Carriers, ids?: readonly string[]): Promise<Pass> {
  const rows = await outboxStore.claimDue(carriers.db, {
    now: carriers.now(),
    limit: ids?.length ?? rowsAtOnce,
    ids,
    calls: carriers.stripe ? calls : [],
  });
  const done = await each(rows, (row) => deliver(carriers, row), {
    log: carriers.log,
    // The claim runs out by itself; cron takes the row again.
    what: 'a delivery',
    named: ({ id, kind }) => ({ outbox_id: id, kind }),
    atOnce,
  });
  const confirmed = done.filter((outbox) => outbox !== null);
  const followed = confirmed.flat();
  const after = followed.length === 0 ? 0 : await deliverOutbox(carriers, followed);
  return { claimed: rows.length, confirmed: confirmed.length + after };
}

/**
 * Delivers what is due, as much of it as a tick of cron has time for: rows that are put off do not keep it from those behind them. Returns
 * how many were confirmed.
 */
export async function sweepOutbox(carriers: Carriers): Promise<number> {
  let all = 0;
  for (let passes = 0; passes < passesMax; passes++) {
    const { claimed, confirmed } = await pass(carriers);
    all += confirmed;
    if (claimed < rowsAtOnce) break;
  }
  return all;
}

/** Forgets rows that have been done with for a week. */
export const forgetDone = (db: Db, now: number): Promise<void> =>
  commit(db, [outboxStore.forgetDone(now - doneKeptMs)]);

/** Delivers one row. @returns rows that came about with it, when the other side has it; else null */
async function deliver(carriers: Carriers, row: OutboxRow): Promise<readonly string[] | null> {
  const { db, log, now } = carriers;
  const sent = await senders[row.kind](carriers, row);
  const named = { outbox_id: row.id, kind: row.kind, attempts: row.attempts };
  switch (sent.outcome) {
    case 'ok':
      await commit(db, [...sent.writes, outboxStore.confirm(row.id)]);
      return sent.outbox ?? [];
    case 'later':
      log('warn', 'a delivery is postponed', { ...named, why: sent.why });
      await commit(db, [outboxStore.postpone(row.id, now() + backoffMs(row.attempts + 1, pauses, 0), sent.why)]);
      return null;
    case 'never':
      log('error', 'a delivery was refused for good; a person must look', { ...named, why: sent.why });
      await commit(db, [outboxStore.giveUp(row.id, sent.why)]);
      return null;
    case 'needless':
      await commit(db, [outboxStore.discard(row.id, sent.why)]);
      return null;
  }
}
