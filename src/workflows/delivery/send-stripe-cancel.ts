/**
 * Ends the subscription at Stripe of a customer whom an operator has deactivated. Not where they were brought back meanwhile:
 * then it lives on. A DELETE has no idempotency key; one that is gone is what was asked for.
 */
import { later, needless } from '../../outbox/outbox.ts';
import { findSubscription, forgetStripe } from '../../subscriptions/store.ts';
import type { Sender } from './carriers.ts';
import { failed } from './stripe-intent.ts';

export const sendStripeCancel: Sender = async ({ stripe, db }, { payload }) => {
  if (!stripe) return later('stripe_not_configured');
  const [customerId, id] = [String(payload['customer_id']), String(payload['subscription_id'])];
  const subscription = await findSubscription(db, customerId);
  if (subscription?.status !== 'canceled') return needless('not_wanted_any_more');
  const ended = await stripe.changes.cancelNow(id, 'deactivated');
  return ended.ok ? { outcome: 'ok', writes: [forgetStripe(customerId, id)] } : failed(ended.error);
};
