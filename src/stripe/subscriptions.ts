/** Subscriptions at Stripe, read as we use them: times in ms, the period from the item, both ways of an end that lies ahead. */
import type Stripe from 'stripe';
import type { StripeStatus } from '../subscriptions/transitions.ts';
import { attempt, type Page, pageMax, type StripeResult } from './call.ts';

const secondMs = 1000;
const ms = (seconds: number | null | undefined): number | null => (seconds == null ? null : seconds * secondMs);
const idOf = (value: string | { id: string } | null | undefined): string | null =>
  typeof value === 'string' ? value : (value?.id ?? null);

/** A subscription at Stripe as the last fetch showed it. */
export interface StripeSubscription {
  /** `sub_…` */
  id: string;
  /** `cus_…` */
  customer: string;
  status: StripeStatus;
  /** The item of the plan: every subscription of ours has one. */
  item: { id: string; priceId: string; interval: 'month' | 'year'; start: number; end: number } | null;
  trialEnd: number | null;
  /** When it ends, if it is cancelled: by `cancel_at` (portal) or at the period's end (API, dashboard). */
  cancelAt: number | null;
  endedAt: number | null;
  collection: 'card' | 'invoice';
  scheduleId: string | null;
  latestInvoiceId: string | null;
  /** A change that waits for its payment; the old plan stands meanwhile. */
  hasPendingUpdate: boolean;
  currency: string;
  createdAt: number;
  metadata: Readonly<Record<string, string>>;
}

export function readSubscription(found: Stripe.Subscription): StripeSubscription {
  const item = found.items.data[0];
  const end = ms(item?.current_period_end);
  return {
    id: found.id,
    customer: idOf(found.customer) ?? '',
    status: found.status as StripeStatus,
    item:
      item === undefined
        ? null
        : {
            id: item.id,
            priceId: item.price.id,
            interval: item.price.recurring?.interval === 'year' ? 'year' : 'month',
            start: item.current_period_start * secondMs,
            end: item.current_period_end * secondMs,
          },
    trialEnd: ms(found.trial_end),
    cancelAt: ms(found.cancel_at) ?? (found.cancel_at_period_end ? end : null),
    endedAt: ms(found.ended_at),
    collection: found.collection_method === 'send_invoice' ? 'invoice' : 'card',
    scheduleId: idOf(found.schedule),
    latestInvoiceId: idOf(found.latest_invoice),
    hasPendingUpdate: found.pending_update !== null,
    currency: found.currency,
    createdAt: found.created * secondMs,
    metadata: found.metadata,
  };
}

export const subscriptionsOf = (stripe: Stripe) => ({
  /** As it is now. */
  fetch: (id: string): Promise<StripeResult<StripeSubscription>> =>
    attempt(async () => readSubscription(await stripe.subscriptions.retrieve(id))),
  /** A page of all of them, also those that are over; newest first. */
  page: (after: string | null): Promise<StripeResult<Page<StripeSubscription>>> =>
    attempt(async () => {
      const behind = after === null ? {} : { starting_after: after };
      const page = await stripe.subscriptions.list({ status: 'all', limit: pageMax, ...behind });
      return { items: page.data.map(readSubscription), next: page.has_more ? (page.data.at(-1)?.id ?? null) : null };
    }),
});
