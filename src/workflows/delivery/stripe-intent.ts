/**
 * A call that changes something at Stripe, made once (spec §4, Writes): planned → sent → confirmed under the idempotency
 * key of (row, epoch). A new epoch is taken only after a look-up shows that nothing is there.
 */
import { commit } from '../../db/client.ts';
import type { Write } from '../../db/write.ts';
import { hourMs } from '../../lib/time.ts';
import { later, never, type Sent } from '../../outbox/outbox.ts';
import type { OutboxRow } from '../../outbox/store.ts';
import * as outboxStore from '../../outbox/store.ts';
import type { StripeFailure, StripeResult } from '../../stripe/call.ts';
import type { Carriers } from './carriers.ts';

export interface Intent {
  /** What the call made, if it is there already; null when it is not. */
  find: () => Promise<StripeResult<string | null>>;
  /** Makes the call. */
  send: (idempotencyKey: string) => Promise<StripeResult<string>>;
  /** What is stored once Stripe has it, by Stripe's id. */
  settle: (stripeId: string) => Write[];
}

/** Stripe forgets idempotency keys after 24 h; an unclear outcome older than this is looked up first. */
const keyLifeMs = 23 * hourMs;
/** After this many unclear answers under one key Stripe may be replaying a stored 500: look, then take a new key. */
const unclearMax = 3;

export async function sendIntent(carriers: Carriers, row: OutboxRow, intent: Intent): Promise<Sent<Write>> {
  const { db } = carriers;
  const keyTooOld = row.sentAt !== null && row.sentAt < carriers.now() - keyLifeMs;
  let epoch = row.epoch;
  if (keyTooOld || row.attempts % unclearMax === 0) {
    const found = await intent.find();
    if (!found.ok) return failed(found.error);
    if (found.value !== null) return { outcome: 'ok', writes: intent.settle(found.value) };
    await commit(db, [outboxStore.nextEpoch(row.id, epoch, carriers.now())]);
    epoch += 1;
  }
  const made = await intent.send(`tenantry-${row.id}-${epoch}`);
  return made.ok ? { outcome: 'ok', writes: intent.settle(made.value) } : failed(made.error);
}

const prefix = 'out_';
const turned = 8;

/** The id of the row that follows a row, its digits turned: the same whoever settles it, so that two of them plan one. */
export function nextRowId({ id }: OutboxRow): string {
  const digits = id.slice(prefix.length);
  return `${prefix}${digits.slice(turned)}${digits.slice(0, turned)}`;
}

/** What Stripe refused it would refuse again; what our key may not do is our configuration's fault, not the row's. */
export const failed = ({ kind, code }: StripeFailure): Sent<Write> => (kind === 'refused' ? never(code) : later(code));
