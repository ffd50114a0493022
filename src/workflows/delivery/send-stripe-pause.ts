/**
 * Pauses a subscription at Stripe, or ends the pause. Each looks first whether it is still wanted: who has paid meanwhile is
 * not paused, and a pause that was on its way by then is taken back.
 */
import { ok } from '../../lib/result.ts';
import { later, needless } from '../../outbox/outbox.ts';
import type { OutboxRow } from '../../outbox/store.ts';
import * as outboxStore from '../../outbox/store.ts';
import type { StripeResult } from '../../stripe/call.ts';
import type { StripeSubscription } from '../../stripe/subscriptions.ts';
import { findSubscription, isUnpaid, type SubscriptionRow } from '../../subscriptions/state-store.ts';
import type { Sender } from './carriers.ts';
import { sendIntent } from './stripe-intent.ts';

const isOver = ({ status }: StripeSubscription): boolean => status === 'canceled' || status === 'incomplete_expired';
const namesIn = ({ payload }: OutboxRow) => ({
  customerId: String(payload['customer_id']),
  id: String(payload['stripe_subscription_id']),
});

/** Stands for the unpaid invoice: the reason of the pause. */
const isSuspended = (row: SubscriptionRow | null, id: string): boolean =>
  row?.status === 'suspended' && row.suspendedFor === 'unpaid' && row.stripeSubscriptionId === id;

export const sendStripePause: Sender = async (carriers, row) => {
  const { stripe, db, now } = carriers;
  if (!stripe) return later('stripe_not_configured');
  const { customerId, id } = namesIn(row);
  if (!isSuspended(await findSubscription(db, customerId), id)) return needless('not_wanted_any_more');
  const isThere = (found: StripeSubscription) => found.status === 'paused' || isOver(found);
  return await sendIntent(carriers, row, {
    find: () => idWhere(stripe.subscriptions.fetch(id), isThere),
    send: async (key) => {
      const found = await stripe.subscriptions.fetch(id);
      if (!found.ok) return found;
      return isThere(found.value) ? ok(id) : await stripe.pauses.pause(id, found.value.scheduleId, key);
    },
    settle: () => [
      // Whoever paid while the call was under way would stand paused for ever.
      outboxStore.planUnless(
        { id: null, kind: 'stripe_resume', payload: row.payload, now: now() },
        isUnpaid(customerId),
      ),
    ],
  });
};

export const sendStripeResume: Sender = async (carriers, row) => {
  const { stripe, db } = carriers;
  if (!stripe) return later('stripe_not_configured');
  const { customerId, id } = namesIn(row);
  const subscription = await findSubscription(db, customerId);
  if (subscription?.stripeSubscriptionId !== id || subscription.status === 'canceled') {
    return needless('not_wanted_any_more');
  }
  return await sendIntent(carriers, row, {
    find: () => idWhere(stripe.subscriptions.fetch(id), ({ status }) => status !== 'paused'),
    send: async (key) => {
      const found = await stripe.subscriptions.fetch(id);
      if (!found.ok) return found;
      return found.value.status === 'paused' ? await stripe.pauses.resume(id, key) : ok(id);
    },
    settle: () => [],
  });
};

async function idWhere(
  fetched: Promise<StripeResult<StripeSubscription>>,
  holds: (found: StripeSubscription) => boolean,
): Promise<StripeResult<string | null>> {
  const found = await fetched;
  return found.ok ? ok(holds(found.value) ? found.value.id : null) : found;
}
