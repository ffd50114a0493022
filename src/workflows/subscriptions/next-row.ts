/**
 * The row of a subscription as Stripe has it: state, plan by its price, what lies ahead. Decides what the row says and since when;
 * apply-subscription.ts writes it with all that follows.
 */
import type { SubscriptionRow } from '../../customers/store.ts';
import { findOrdersOf } from '../../outbox/order-store.ts';
import type { StripeSubscription } from '../../stripe/subscriptions.ts';
import type { Offer } from '../../subscriptions/price-store.ts';
import * as subscriptionStore from '../../subscriptions/store.ts';
import { stackOf } from '../../subscriptions/subscription.ts';
import { isEnded, type SubscriptionState, stateAfter } from '../../subscriptions/transitions.ts';
import type { Context } from '../deed.ts';

/** What a fetch has shown, beside what was known. */
export interface Seen {
  found: StripeSubscription;
  /** What the fetch before showed; null for the first. */
  before: StripeSubscription | null;
  /** The version that the customer is moved to later; null where there is none. */
  pending: Pick<Offer, 'plan' | 'planVersion'> | null;
  /** Whether the customer's spend cap stops what would run again. */
  isCapped: boolean;
}

/** The row of the subscription as Stripe has it now. */
export function nextRow(
  { now, settings, log }: Context,
  row: SubscriptionRow,
  { found, before, pending, isCapped }: Seen,
  offers: readonly Offer[],
): SubscriptionRow {
  const state = cappedState(row, stateAfter(row, `stripe_${found.status}`) ?? row, isCapped);
  const { status, suspendedFor } = state;
  if (isEnded(found.status)) {
    return {
      ...row,
      status,
      suspendedFor,
      canceledAt: status === 'canceled' ? (row.canceledAt ?? now) : row.canceledAt,
      ...nothingAtStripe,
    };
  }
  const offer = offerOf(row, offers, { priceId: found.item?.priceId, before, pending });
  if (offer === undefined && found.item !== null) {
    log('error', 'a subscription has a price that is none of ours', {
      customer_id: row.customerId,
      stripe_subscription_id: found.id,
      price_id: found.item.priceId,
    });
  }
  const scheduled = found.scheduled && offers.find(({ priceId }) => priceId === found.scheduled?.priceId);
  const owes = status === 'past_due';
  return {
    ...row,
    ...(offer && { plan: offer.plan, planVersion: offer.planVersion }),
    interval: found.item?.interval ?? row.interval,
    status,
    suspendedFor,
    collection: found.collection,
    stripeSubscriptionId: found.id,
    cancelAt: found.cancelAt,
    graceEndsAt: owes ? (row.graceEndsAt ?? now + settings.graceMs) : null,
    scheduledPlan: scheduled?.plan ?? null,
    scheduledVersion: scheduled?.planVersion ?? null,
    scheduledInterval: scheduled?.interval ?? null,
    scheduledAt: scheduled && found.scheduled ? found.scheduled.at : null,
    stripeScheduleId: found.scheduled === null ? null : found.scheduleId,
  };
}

/** Who has paid, and has reached the spend cap of the period, does not run in between. */
const cappedState = (row: SubscriptionRow, next: SubscriptionState, isCapped: boolean): SubscriptionState =>
  (isCapped && stackOf(row) === 'stopped' ? stateAfter(next, 'spend_cap_over') : null) ?? next;

/** What a row says whose subscription at Stripe has ended, or never came about. */
const nothingAtStripe = {
  collection: 'none',
  stripeSubscriptionId: null,
  cancelAt: null,
  graceEndsAt: null,
  scheduledPlan: null,
  scheduledVersion: null,
  scheduledInterval: null,
  scheduledAt: null,
  stripeScheduleId: null,
} as const;

/**
 * The version that is paid for. One that the customer was moved to by us, of the same plan, stands until the price at Stripe is
 * another one. One that the customer is moved to later is not paid for yet, though Stripe has its price already. Of several versions
 * with one price the customer's own counts.
 */
function offerOf(
  row: SubscriptionRow,
  offers: readonly Offer[],
  { priceId, before, pending }: Pick<Seen, 'before' | 'pending'> & { priceId: string | undefined },
): Pick<Offer, 'plan' | 'planVersion'> | undefined {
  const theirs = offers.filter((offer) => offer.priceId === priceId);
  const own = theirs.find(({ plan, planVersion }) => plan === row.plan && planVersion === row.planVersion);
  const wasMoved = before?.item?.priceId === priceId && theirs.some(({ plan }) => plan === row.plan);
  const comesLater =
    pending !== null &&
    pending.plan === row.plan &&
    theirs.some(({ plan, planVersion }) => plan === pending.plan && planVersion === pending.planVersion);
  return own ?? (wasMoved || comesLater ? { plan: row.plan, planVersion: row.planVersion } : theirs[0]);
}

/**
 * When the plan changed: as it was scheduled, with the subscription itself, at the moment from which our own order had Stripe
 * count, or now; never before the change that was last.
 */
export async function changedAt(
  { db, now }: Context,
  row: SubscriptionRow,
  next: SubscriptionRow,
  { found }: Seen,
): Promise<number> {
  const last = await subscriptionStore.lastChangeAt(db, row.customerId);
  const wasScheduled = row.scheduledAt !== null && row.scheduledAt <= now && row.scheduledPlan === next.plan;
  if (wasScheduled) return Math.max(last, row.scheduledAt ?? now);
  if (row.stripeSubscriptionId !== found.id) return Math.max(last, found.createdAt);
  const orders = found.item === null ? [] : await findOrdersOf(db, row.customerId, found.item.priceId);
  // An order of before the last change has come about with it, or before it.
  const ordered = orders.map(({ payload }) => Number(payload['proration_at'] ?? 0)).find((at) => at > last);
  return Math.max(last, ordered ?? now);
}
