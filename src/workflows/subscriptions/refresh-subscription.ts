/** Applies a subscription as Stripe has it now. A stub until the real one is merged: it only keeps what was fetched. */
import { commit } from '../../db/client.ts';
import { findWhose } from '../../webhooks/event-store.ts';
import { keepFetched, raiseFetch } from '../../webhooks/object-store.ts';
import type { Context } from '../deed.ts';

/** @throws where Stripe does not say how it stands */
export async function refreshSubscription(context: Context, stripeSubscriptionId: string): Promise<void> {
  const { db, now, stripe } = context;
  if (!stripe) throw new Error('there is no Stripe key');
  const seq = await raiseFetch(db, { id: stripeSubscriptionId, kind: 'subscription', now });
  const found = await stripe.subscriptions.fetch(stripeSubscriptionId);
  if (!found.ok) throw new Error(found.error.code);
  const customerId = await findWhose(db, { stripeId: found.value.customer, ours: null });
  await commit(db, keepFetched({ id: stripeSubscriptionId, seq, customerId, body: { ...found.value } }, now));
}
