/**
 * What time ends is asked for at Stripe first: an event that is late or lost must stop nobody who has paid. Where Stripe does
 * not answer, the end waits for it a while.
 */
import { findCustomer } from '../../customers/store.ts';
import { hourMs } from '../../lib/time.ts';
import type { Due } from '../../subscriptions/due-store.ts';
import { findSubscription } from '../../subscriptions/store.ts';
import type { Context } from '../deed.ts';
import { refreshSubscription, StripeNotRead } from './refresh-subscription.ts';

/** How long an end waits for Stripe to answer. */
const patienceMs = 6 * hourMs;

/** Brings the customer's subscription up to what Stripe has. @returns false where the end has to wait for Stripe */
export async function askStripe(context: Context, { customerId, at }: Due): Promise<boolean> {
  if (context.stripe === null) return true;
  try {
    for (const id of await subscriptionsOf(context, customerId)) await refreshSubscription(context, id);
    return true;
  } catch (error) {
    if (!(error instanceof StripeNotRead)) throw error;
    const waits = context.now < at + patienceMs;
    context.log('warn', 'Stripe was asked in vain before an end', {
      customer_id: customerId,
      waits,
      code: error.failure.code,
    });
    return !waits;
  }
}

/** The known one, else those that Stripe has of the customer. */
async function subscriptionsOf({ db, stripe }: Context, customerId: string): Promise<readonly string[]> {
  const [customer, subscription] = await Promise.all([findCustomer(db, customerId), findSubscription(db, customerId)]);
  if (subscription?.stripeSubscriptionId) return [subscription.stripeSubscriptionId];
  const stripeCustomerId = customer?.stripeCustomerId ?? null;
  if (stripe === null || stripeCustomerId === null) return [];
  const found = await stripe.subscriptions.listOf(stripeCustomerId);
  if (!found.ok) throw new StripeNotRead(stripeCustomerId, found.error);
  return found.value.map(({ id }) => id);
}
