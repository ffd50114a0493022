/** Drops a renewal invoice at Stripe; not where the customer has paid what was owed meanwhile, and so uses what it is for. */
import { later, needless } from '../../outbox/outbox.ts';
import { findSubscription } from '../../subscriptions/store.ts';
import type { Sender } from './carriers.ts';
import { failed } from './stripe-intent.ts';

export const sendStripeDrop: Sender = async ({ stripe, db }, row) => {
  if (!stripe) return later('stripe_not_configured');
  const [customerId, invoiceId] = [String(row.payload['customer_id']), String(row.payload['invoice_id'])];
  const subscription = await findSubscription(db, customerId);
  if (subscription?.suspendedFor !== 'unpaid') return needless('not_wanted_any_more');
  // Looked up anew each time: a key of its own for each attempt makes no second thing.
  const dropped = await stripe.renewals.drop(invoiceId, `tenantry-${row.id}-${row.attempts}`);
  return dropped.ok ? { outcome: 'ok', writes: [] } : failed(dropped.error);
};
