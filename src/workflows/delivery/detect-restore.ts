/**
 * Sees that the control database was restored: it lacks the newest entry of the audit log that it had when cron looked last, which a witness
 * outside of it remembers. Then nothing goes to Stripe until a comparison has shown what Stripe has (outbox-gate.ts).
 */
import { findNewestAnd } from '../../audit/store.ts';
import type { Witness } from '../../outbox/outbox.ts';
import { type Context, carryOut } from '../deed.ts';
import { shutOutbox } from './outbox-gate.ts';

/** @returns whether it was restored since the last look */
export async function detectRestore(context: Context, witness: Witness): Promise<boolean> {
  const { db, log } = context;
  const seen = await witness.seen();
  const { newest, has } = await findNewestAnd(db, seen);
  const isRestored = seen !== null && !has;
  if (isRestored) {
    log('error', 'the database was restored: nothing goes to Stripe until a drift run has compared', { lost: seen });
    await carryOut(context, () => shutOutbox(context, 'the database was restored'));
  }
  const mark = isRestored ? (await findNewestAnd(db, null)).newest : newest;
  if (mark !== null && mark !== seen) await witness.see(mark);
  return isRestored;
}
