/**
 * Delivers outbox rows: at once after their commit, and from cron until they are confirmed. A row whose outcome is
 * unclear is looked up at Stripe before anything is sent under a new key (spec §4, Writes).
 */
import * as customerStore from '../../customers/store.ts';
import { commit, type Db } from '../../db/client.ts';
import { backoffMs } from '../../lib/backoff.ts';
import type { Log } from '../../lib/log.ts';
import { dayMs, hourMs, secondMs } from '../../lib/time.ts';
import type { OutboxRow } from '../../outbox/store.ts';
import * as outboxStore from '../../outbox/store.ts';
import type { StripePort } from '../../stripe/port.ts';
import { bellOf, ring } from './ring-doorbell.ts';

export interface Carriers {
  db: Db;
  now: () => number;
  log: Log;
  stripe: StripePort | null;
  doorbell: (queueBinding: string) => Queue | null;
}

/** Stripe forgets idempotency keys after 24 h; an unclear outcome older than this is looked up first. */
const keyLifeMs = 23 * hourMs;
const confirmedKeptMs = 7 * dayMs;
const pauses = { baseMs: 5 * secondMs, maxMs: hourMs, jitter: 0 };
/** After this many unclear answers under one key Stripe may be replaying a stored 500: look, then take a new key. */
const unclearMax = 3;

/** Delivers the named rows, or what is due. Returns how many were confirmed. Never throws for a carrier's failure. */
export async function deliverOutbox(carriers: Carriers, limit: number, ids?: readonly string[]): Promise<number> {
  const rows = await outboxStore.claimDue(carriers.db, carriers.now(), limit, ids);
  const outcomes = await Promise.all(rows.map((row) => deliver(carriers, row)));
  return outcomes.filter(Boolean).length;
}

/** Forgets confirmed rows that are a week old. */
export async function forgetConfirmed(db: Db, now: number): Promise<void> {
  await commit(db, [outboxStore.forgetConfirmed(now - confirmedKeptMs)]);
}

async function deliver(carriers: Carriers, row: OutboxRow): Promise<boolean> {
  try {
    const failure = row.kind === 'doorbell' ? await ringFor(carriers, row) : await makeStripeCustomer(carriers, row);
    if (failure === null) return true;
    const pause = backoffMs(row.attempts + 1, pauses, 0);
    carriers.log('warn', 'a delivery is postponed', {
      outbox_id: row.id,
      kind: row.kind,
      why: failure,
      attempts: row.attempts,
    });
    await commit(carriers.db, [outboxStore.postpone(row.id, carriers.now() + pause, failure)]);
  } catch (error) {
    // The claim runs out by itself; cron takes the row again.
    carriers.log('error', 'a delivery broke off', {
      outbox_id: row.id,
      error: error instanceof Error ? error.message : 'unknown',
    });
  }
  return false;
}

/** Rings; a queue that is down postpones it. */
async function ringFor(carriers: Carriers, row: OutboxRow): Promise<string | null> {
  const clusterId = String(row.payload['cluster_id']);
  const delaySeconds = Math.max(0, Math.ceil((Number(row.payload['run_after'] ?? 0) - carriers.now()) / secondMs));
  const failure = await ring(await bellOf(carriers, clusterId), clusterId, String(row.payload['job_id']), delaySeconds);
  if (failure === null) await commit(carriers.db, [outboxStore.confirm(row.id)]);
  return failure;
}

async function makeStripeCustomer(carriers: Carriers, row: OutboxRow): Promise<string | null> {
  const { db, stripe } = carriers;
  if (!stripe) return 'stripe_not_configured';
  const input = {
    customerId: String(row.payload['customer_id']),
    email: String(row.payload['email']),
    name: String(row.payload['name']),
  };
  const keyTooOld = row.sentAt !== null && row.sentAt < carriers.now() - keyLifeMs;
  let epoch = row.epoch;
  if (keyTooOld || (row.state === 'sent' && row.attempts % unclearMax === 0)) {
    const found = await stripe.findCustomer(input);
    if (!found.ok) return found.error.code;
    if (found.value !== null) return await settle(db, row, input.customerId, found.value);
    await commit(db, [outboxStore.nextEpoch(row.id, epoch)]);
    epoch += 1;
  }
  await commit(db, [outboxStore.markSent(row.id, carriers.now())]);
  const made = await stripe.createCustomer(input, `tenantry-${row.id}-${epoch}`);
  return made.ok ? await settle(db, row, input.customerId, made.value) : made.error.code;
}

async function settle(db: Db, row: OutboxRow, customerId: string, stripeId: string): Promise<null> {
  await commit(db, [customerStore.setStripeId(customerId, stripeId), outboxStore.confirm(row.id)]);
  return null;
}
