/** The intents that have a subscription paused at Stripe, where it makes no invoices then, and go on there. */
import type { SubscriptionRow } from '../../customers/store.ts';
import type { Write } from '../../db/write.ts';
import { newId } from '../../lib/ids.ts';
import * as outboxStore from '../../outbox/store.ts';
import type { Context } from '../deed.ts';

export interface Intended {
  writes: Write[];
  outbox: string[];
}

const nothing: Intended = { writes: [], outbox: [] };

type Subject = Pick<SubscriptionRow, 'customerId' | 'stripeSubscriptionId' | 'collection'>;

/** The pause; none of a subscription that Stripe does not have, or that is paid by invoice (decision 15). */
export const planPause = (context: Context, row: Subject): Intended =>
  row.collection === 'card' ? intended(context, 'stripe_pause', row) : nothing;

/** The end of a pause. */
export const planResume = (context: Context, row: Subject): Intended => intended(context, 'stripe_resume', row);

/** However often it is planned, one is under way. */
function intended(
  { random, now }: Context,
  kind: 'stripe_pause' | 'stripe_resume',
  { customerId, stripeSubscriptionId }: Subject,
): Intended {
  if (stripeSubscriptionId === null) return nothing;
  const id = newId('outbox', random);
  const payload = { customer_id: customerId, stripe_subscription_id: stripeSubscriptionId };
  const write = outboxStore.planUnless({ id, kind, payload, now }, outboxStore.isUnderWay(kind, customerId));
  return { writes: [write], outbox: [id] };
}
