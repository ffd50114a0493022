/** The intents by which a subscription at Stripe stands still or ends, or can no longer be bought, after ours has. Nothing where Stripe has none. */
import type { SubscriptionRow, WholeCustomer } from '../../customers/store.ts';
import type { Write } from '../../db/write.ts';
import { newId } from '../../lib/ids.ts';
import { plan, planForSubscription } from '../../outbox/store.ts';
import type { Context } from '../deed.ts';

export interface Intended {
  writes: Write[];
  outbox: string[];
}

type Subject = Pick<SubscriptionRow, 'customerId' | 'stripeSubscriptionId' | 'collection'>;

/** A pause, which makes no invoices; none of one that is paid by invoice, for it could not be resumed (decision 15). */
export const planPause = (context: Context, row: Subject): Intended =>
  row.collection === 'card' ? intended(context, 'stripe_pause', row) : { writes: [], outbox: [] };

/** The end, at once. */
export const planCancel = (context: Context, row: Subject): Intended => intended(context, 'stripe_cancel', row);

/**
 * The page on which a subscription may be bought is closed: who has left would pay for what they do not get. Nothing where there is none:
 * who has a subscription, or was never told to Stripe, has no page.
 */
export function planClosePage({ random, now }: Context, { customer, subscription }: WholeCustomer): Intended {
  if (subscription.stripeSubscriptionId !== null || customer.stripeCustomerId === null)
    return { writes: [], outbox: [] };
  const id = newId('outbox', random);
  const payload = { customer_id: customer.id, what: 'close_page' };
  return { writes: [plan({ id, kind: 'stripe_order', payload, now })], outbox: [id] };
}

function intended(
  { random, now }: Context,
  kind: 'stripe_pause' | 'stripe_cancel',
  { customerId, stripeSubscriptionId: subscriptionId }: Subject,
): Intended {
  if (subscriptionId === null) return { writes: [], outbox: [] };
  const id = newId('outbox', random);
  return { writes: [planForSubscription({ id, kind, customerId, subscriptionId, now })], outbox: [id] };
}
