/** Subscriptions at Stripe, read as we use them: times in ms, the period from the item, both ways of an end that lies ahead. */
import type Stripe from 'stripe';
import type { StripeStatus } from '../subscriptions/transitions.ts';
import { attempt, nextOf, type Page, pageMax, type StripeResult } from './call.ts';

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
  /** Which of the two says so: each is taken back in its own way. */
  cancelBy: 'date' | 'period_end' | null;
  endedAt: number | null;
  collection: 'card' | 'invoice';
  /** A schedule that is attached, also one whose change has come: Stripe releases it a day later. */
  scheduleId: string | null;
  /** The price that its schedule changes to next, and when; null without one. Known of a fetch alone. */
  scheduled: { priceId: string; at: number } | null;
  latestInvoiceId: string | null;
  /** What is to be paid, or was; known of a fetch alone. */
  latestInvoice: SubscriptionInvoice | null;
  /** A change that waits for its payment; the old plan stands meanwhile. */
  hasPendingUpdate: boolean;
  currency: string;
  createdAt: number;
  metadata: Readonly<Record<string, string>>;
}

/** The newest invoice of a subscription. */
export interface SubscriptionInvoice {
  /** `in_…` */
  id: string;
  status: Stripe.Invoice.Status | null;
  amountDueCents: number;
  /** Where a person pays it or confirms the payment; null for a draft. */
  hostedUrl: string | null;
}

const readInvoice = (invoice: Stripe.Invoice): SubscriptionInvoice => ({
  id: invoice.id ?? '',
  status: invoice.status,
  amountDueCents: invoice.amount_due,
  hostedUrl: invoice.hosted_invoice_url ?? null,
});

/** The next phase of a schedule; one that is released or over has none. */
function nextPhaseOf({
  status,
  current_phase: current,
  phases,
}: Stripe.SubscriptionSchedule): StripeSubscription['scheduled'] {
  if (status !== 'active' && status !== 'not_started') return null;
  const after = current?.end_date ?? 0;
  const next = phases.find(({ start_date: start }) => start >= after);
  const price = idOf(next?.items[0]?.price);
  return next === undefined || price === null ? null : { priceId: price, at: next.start_date * secondMs };
}

/**
 * The attached schedule under which nothing lies ahead any more, or null. Until it is released Stripe neither changes the subscription
 * nor makes another schedule for it.
 */
export const doneScheduleOf = ({ scheduleId, scheduled }: StripeSubscription): string | null =>
  scheduled === null ? scheduleId : null;

/** What is in the answer as an object, and not by its id alone. */
const objectIn = <T extends object>(value: string | T | null | undefined): T | null =>
  typeof value === 'object' ? value : null;

export function readSubscription(found: Stripe.Subscription): StripeSubscription {
  const item = found.items.data[0];
  const end = ms(item?.current_period_end);
  const [schedule, invoice] = [objectIn(found.schedule), objectIn(found.latest_invoice)];
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
    cancelBy: found.cancel_at_period_end ? 'period_end' : found.cancel_at === null ? null : 'date',
    endedAt: ms(found.ended_at),
    collection: found.collection_method === 'send_invoice' ? 'invoice' : 'card',
    scheduleId: idOf(found.schedule),
    scheduled: schedule === null ? null : nextPhaseOf(schedule),
    latestInvoiceId: idOf(found.latest_invoice),
    latestInvoice: invoice === null ? null : readInvoice(invoice),
    hasPendingUpdate: found.pending_update !== null,
    currency: found.currency,
    createdAt: found.created * secondMs,
    metadata: found.metadata,
  };
}

/** A customer has one; more than these are never looked at. */
const perCustomer = 10;
const expanded = ['schedule', 'latest_invoice'] as const;

export const subscriptionsOf = (stripe: Stripe) => ({
  /** As it is now, with what its schedule changes to and its newest invoice. */
  fetch: (id: string): Promise<StripeResult<StripeSubscription>> =>
    attempt(async () => readSubscription(await stripe.subscriptions.retrieve(id, { expand: [...expanded] }))),
  /** A page of all of them, also those that are over; newest first. */
  page: (after: string | null): Promise<StripeResult<Page<StripeSubscription>>> =>
    attempt(async () => {
      const behind = after === null ? {} : { starting_after: after };
      const page = await stripe.subscriptions.list({ status: 'all', limit: pageMax, ...behind });
      return { items: page.data.map(readSubscription), next: nextOf(page) };
    }),
  /** Those of a customer that are not over, the newest first. */
  listOf: (customer: string): Promise<StripeResult<StripeSubscription[]>> =>
    attempt(async () => (await stripe.subscriptions.list({ customer, limit: perCustomer })).data.map(readSubscription)),
});
