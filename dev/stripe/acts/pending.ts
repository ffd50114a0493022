/** An update that waited for its invoice: applied when that is paid, dropped when its time is over. */
import type { Context } from '../context.ts';
import { move } from '../move.ts';
import type { Subscription } from '../objects/subscription.ts';
import { must } from '../wires.ts';
import { setDues } from './subscription.ts';
import { voided } from './voided.ts';

export function applyPending(context: Context, subscription: Subscription): void {
  const { pendingUpdate } = subscription;
  if (pendingUpdate === null) return;
  const { items, anchor, waits } = pendingUpdate;
  const applied = move(context, 'subscription', subscription, waits ? 'pending_update_applied' : 'updated', {
    items,
    anchor,
    pendingUpdate: null,
  });
  setDues(context, applied);
}

/** The time to pay is over: the old items stand, and the invoice is void. */
export function expirePending(context: Context, subscription: Subscription): Subscription {
  const { pendingUpdate } = subscription;
  if (pendingUpdate === null) return subscription;
  const expired = move(context, 'subscription', subscription, 'pending_update_expired', { pendingUpdate: null });
  const invoice = must(context, 'invoice', pendingUpdate.invoice);
  if (invoice.status === 'open') voided(context, invoice);
  setDues(context, expired);
  return expired;
}
