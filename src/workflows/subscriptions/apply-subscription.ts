/**
 * Applies a subscription at Stripe, as one fetch showed it, to the customer whose it is: state, plan, periods, licence, stack
 * and what lies ahead, in one batch that counts only while no later fetch has begun. What is the same already changes nothing.
 */
import type { AuditEntry } from '../../audit/store.ts';
import { isUnset } from '../../billing/store.ts';
import { findWhole, type SubscriptionRow, type WholeCustomer } from '../../customers/store.ts';
import type { Write } from '../../db/write.ts';
import { newId } from '../../lib/ids.ts';
import { sameJson } from '../../lib/json.ts';
import { ok } from '../../lib/result.ts';
import { planForSubscription, planUnless } from '../../outbox/store.ts';
import { followStripe } from '../../periods/paid.ts';
import * as periodStore from '../../periods/store.ts';
import { versionOf } from '../../pricing/catalogue.ts';
import { findCatalogue } from '../../pricing/catalogue-store.ts';
import * as capStore from '../../spend-caps/store.ts';
import type { StripeSubscription } from '../../stripe/subscriptions.ts';
import { type DueChange, findPending, postpone } from '../../subscriptions/plan-change-store.ts';
import { findOffers, findPricesOf, type Offer } from '../../subscriptions/price-store.ts';
import * as subscriptionStore from '../../subscriptions/store.ts';
import { meanings } from '../../subscriptions/subscription.ts';
import { isEnded, isLive } from '../../subscriptions/transitions.ts';
import { findObject, writeFetched } from '../../webhooks/object-store.ts';
import type { Context, Planned } from '../deed.ts';
import { followState } from './follow-state.ts';
import { changedAt, nextRow, type Seen } from './next-row.ts';
import { tellOfChange } from './tell-of-change.ts';

/** A subscription as a numbered fetch showed it. */
export interface Fetched {
  customerId: string;
  fetchSeq: number;
  found: StripeSubscription;
  /** Of one that is paused there: whether nothing is owed any more. */
  isPaidUp: boolean;
}

export interface Applied {
  /** Whether a later fetch has begun that is not written yet: nothing was, and nobody knows whether that one will be. */
  overtaken: boolean;
  outbox: string[];
}

/** Plans what the fetch comes to. */
export async function applySubscription(context: Context, fetched: Fetched): Promise<Planned<Applied>> {
  const { db, now } = context;
  const { customerId, fetchSeq, found, isPaidUp } = fetched;
  const [whole, object] = await Promise.all([findWhole(db, customerId), findObject(db, found.id)]);
  if (!whole) throw new Error(`the customer ${customerId} of ${found.id} is gone`);
  if (!object) throw new Error(`the fetch of ${found.id} was not numbered`);
  if (object.fetchSeq !== fetchSeq) {
    return ok({ value: { overtaken: object.appliedSeq <= fetchSeq, outbox: [] }, writes: [], audit: [] });
  }
  const write = writeFetched({ id: found.id, fetchSeq, customerId, body: { ...found }, now });
  if (!isTheirs(whole.subscription, found, object.appliedSeq === 0)) {
    if (isLive(found.status)) strangeSubscription(context, whole, found);
    return ok({ value: { overtaken: false, outbox: [] }, writes: write, audit: [] });
  }
  const followed = await follow(context, whole, { found, before: object.body as StripeSubscription | null });
  return ok({
    value: { overtaken: false, outbox: followed.outbox },
    writes: [...write, ...followed.writes, ...(isPaidUp ? goOn(context, followed.next, found) : [])],
    audit: followed.audit,
    outbox: followed.outbox,
  });
}

/**
 * A customer has the first subscription that runs while none is known; who has left gets none. One that never came about ends
 * a signup that waited for it. One that is over when we see it first was the customer's as well: nobody told us while it ran.
 */
function isTheirs(row: SubscriptionRow, { id, status }: StripeSubscription, isFirstSight: boolean): boolean {
  if (row.stripeSubscriptionId !== null) return row.stripeSubscriptionId === id;
  if (status === 'canceled') return isFirstSight && row.status !== 'canceled';
  if (status === 'incomplete_expired') return row.status === 'incomplete';
  return row.status !== 'canceled' && isLive(status);
}

/** A customer has one subscription; another one that runs is for a person to end, and the drift report shows it. */
const strangeSubscription = ({ log }: Context, { customer, subscription }: WholeCustomer, found: StripeSubscription) =>
  log('error', 'a subscription runs at Stripe that is not the one of its customer', {
    customer_id: customer.id,
    found: found.id,
    known: subscription.stripeSubscriptionId,
    status: subscription.status,
  });

/** We paused it at Stripe when nothing was paid; now everything is, and it goes on. */
const goOn = ({ random, now }: Context, { customerId, suspendedFor }: SubscriptionRow, { id }: StripeSubscription) =>
  suspendedFor === 'unpaid'
    ? [planForSubscription({ id: newId('outbox', random), kind: 'stripe_go_on', subscriptionId: id, customerId, now })]
    : [];

interface Followed {
  next: SubscriptionRow;
  writes: Write[];
  outbox: string[];
  audit: AuditEntry[];
}

async function follow(
  context: Context,
  whole: WholeCustomer,
  shown: Pick<Seen, 'found' | 'before'>,
): Promise<Followed> {
  const { db, now } = context;
  const { customer, subscription } = whole;
  const { found } = shown;
  const priceIds = [found.item?.priceId, found.scheduled?.priceId].filter((id) => id !== undefined);
  const [offers, last, catalogue, cap, pending, prices] = await Promise.all([
    findOffers(db, priceIds),
    periodStore.latest(db, customer.id),
    findCatalogue(db),
    capStore.findCap(db, customer.id),
    findPending(db, customer.id, Number.MAX_SAFE_INTEGER),
    findPricesOf(db, subscription.plan, subscription.interval),
  ]);
  if (!last) throw new Error(`the customer ${customer.id} has no billing period`);
  const seen = { ...shown, pending, isCapped: capStore.isStopping(cap, now) };
  const next = nextRow(context, subscription, seen, offers);
  const plan = versionOf(catalogue, next.plan, next.planVersion);
  const periods = periodChange(context, whole, last, found);
  const changesPlan = next.plan !== subscription.plan || next.planVersion !== subscription.planVersion;
  const effectiveAt = changesPlan ? await changedAt(context, subscription, next, seen) : now;
  const isChanged = !sameJson(next, subscription);
  const entailed = await followState(context, whole, {
    subscription: next,
    plan,
    ...licensedBy(found, last),
    reason: 'the subscription has ended',
  });
  const moved =
    pending === null && !changesPlan && lacksPrice(next, found, prices) ? [newId('outbox', context.random)] : [];
  const told = tellOfChange(context, { before: subscription, next, found });
  const writes = [
    ...(isChanged ? [subscriptionStore.replace(next, now)] : []),
    ...(changesPlan ? subscriptionStore.changePlan(next, effectiveAt) : []),
    ...periods.writes,
    ...(changesPlan ? [] : periods.moved(pending)),
    ...entailed.writes,
    ...told.writes,
    ...moved.map((id) =>
      planForSubscription({ id, kind: 'stripe_move', subscriptionId: found.id, customerId: customer.id, now }),
    ),
  ];
  // It is paid as it was agreed, which a checkout cannot say.
  if (next.stripeSubscriptionId !== null && next.stripeSubscriptionId !== subscription.stripeSubscriptionId) {
    const row = { kind: 'stripe_billing' as const, payload: { customer_id: customer.id }, now };
    writes.push(planUnless(row, isUnset(customer.id, 'collection')));
  }
  // What the period costs may be another thing now.
  if (cap !== null && writes.length > 0) writes.push(capStore.mark([customer.id], now));
  const guards = [subscriptionStore.guardUnchanged(subscription), periodStore.guardLast(customer.id, last)];
  return {
    next,
    writes: writes.length === 0 ? [] : [...guards, ...writes],
    outbox: [...entailed.outbox, ...told.outbox, ...moved],
    audit: [
      ...stateAudit(whole, next, found),
      ...(changesPlan
        ? [
            {
              action: 'plan.changed',
              subject: customer.id,
              details: {
                from: `${subscription.plan}/${subscription.planVersion}`,
                to: `${next.plan}/${next.planVersion}`,
                plan: next.plan,
                effective_at: effectiveAt,
              },
            },
          ]
        : []),
      ...periods.audit,
    ],
  };
}

/** Whether the customer is on a version to which we have moved them, while Stripe has the price of another one, and may be told so. */
function lacksPrice({ planVersion }: SubscriptionRow, found: StripeSubscription, prices: readonly Offer[]): boolean {
  const own = prices.find((price) => price.planVersion === planVersion);
  const { item, status, scheduled, hasPendingUpdate } = found;
  if (own === undefined || item === null || own.interval !== item.interval || own.priceId === item.priceId)
    return false;
  const isOfPlan = prices.some(({ priceId }) => priceId === item.priceId);
  return isOfPlan && isLive(status) && status !== 'paused' && scheduled === null && !hasPendingUpdate;
}

/** What the licence runs to. Stripe cuts the period of one that it pauses at the pause, whatever was paid for. */
const licensedBy = ({ status, item }: StripeSubscription, last: periodStore.StoredPeriod) =>
  item === null || isEnded(status) || status === 'paused'
    ? { periodEndsAt: last.end, isOwnPeriod: true }
    : { periodEndsAt: item.end, isOwnPeriod: false };

interface PeriodChange {
  writes: Write[];
  /** What becomes of a migration that was to take effect where the last period ended. */
  moved: (pending: DueChange | null) => Write[];
  audit: AuditEntry[];
}

/** Periods as Stripe has them; of what has ended, or stands still there, none is opened. */
function periodChange(
  { now }: Context,
  { customer, subscription }: WholeCustomer,
  last: periodStore.StoredPeriod,
  { status, item }: StripeSubscription,
): PeriodChange {
  if (item === null || isEnded(status) || status === 'paused' || status === 'incomplete')
    return { writes: [], moved: () => [], audit: [] };
  const fills = meanings[subscription.status].stack === 'running';
  const at = { start: item.start, end: item.end, interval: item.interval, trial: status === 'trialing' };
  const { last: lastAfter, begun } = followStripe(last, at, { now, fills });
  const newest = begun.at(-1);
  // A trial that is cut short by what was bought, or ends by Stripe's whole seconds: a migration comes when that ends.
  const endsElsewhere = lastAfter !== null && lastAfter.end !== last.end;
  return {
    moved: (pending) => (endsElsewhere && pending?.effectiveAt === last.end ? [postpone(pending, item.end)] : []),
    writes: [
      ...(lastAfter === null ? [] : [periodStore.setEnd(customer.id, last.start, lastAfter.end)]),
      ...(lastAfter === null ? [] : [periodStore.setOpen(customer.id, last.start, lastAfter.open)]),
      ...begun.map((period) =>
        periodStore.insert(customer.id, { ...period, invoiceable: true, open: period === newest }),
      ),
    ],
    audit: begun.map(({ start, end }) => ({ action: 'period.opened', subject: customer.id, details: { start, end } })),
  };
}

function stateAudit(
  { customer, subscription }: WholeCustomer,
  next: SubscriptionRow,
  found: StripeSubscription,
): AuditEntry[] {
  const { status, suspendedFor, stripeSubscriptionId, cancelAt, scheduledPlan } = next;
  const of = (row: SubscriptionRow) => [
    row.status,
    row.suspendedFor,
    row.stripeSubscriptionId,
    row.cancelAt,
    row.scheduledPlan,
    row.scheduledAt,
  ];
  if (sameJson(of(subscription), of(next))) return [];
  return [
    {
      action: 'subscription.changed',
      subject: customer.id,
      details: {
        before: subscription.status,
        status,
        suspended_for: suspendedFor,
        stripe_subscription_id: stripeSubscriptionId ?? found.id,
        stripe_status: found.status,
        cancel_at: cancelAt,
        scheduled_plan: scheduledPlan,
      },
    },
  ];
}
