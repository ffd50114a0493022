/**
 * Ends a subscription, with what is paid for or free, or at once. What is at Stripe is ended there and becomes ours from there;
 * a trial that nothing was bought in ends by itself, without Stripe.
 */
import type { Failure } from '../../contracts/failures.ts';
import type { WholeCustomer } from '../../customers/store.ts';
import { err, ok, type Result } from '../../lib/result.ts';
import type { StripeSubscription } from '../../stripe/subscriptions.ts';
import * as subscriptionStore from '../../subscriptions/store.ts';
import { meanings } from '../../subscriptions/subscription.ts';
import { isEnded, stateAfter } from '../../subscriptions/transitions.ts';
import { currentPeriod } from '../billing/current-period.ts';
import type { Context, Planned } from '../deed.ts';
import { followState } from './follow-state.ts';
import {
  keyOf,
  planOrder,
  type ShownSubscription,
  type Subject,
  send,
  settle,
  shownOf,
  stripeAway,
  stripeFailed,
  subjectOf,
} from './order.ts';

export interface CancelWish {
  customerId: string;
  immediately: boolean;
  reason: string | null;
}

/** An order at Stripe, with what it has of the subscription; null where our own rows are all there is, or where it ends already. */
export interface PlannedCancel {
  customerId: string;
  order: (Pick<Subject, 'stripe'> & { orderId: string; found: StripeSubscription; atOnce: boolean }) | null;
  reason: string | null;
}

/** Plans the end. */
export async function planCancel(context: Context, wish: CancelWish): Promise<Planned<PlannedCancel>> {
  const { customerId, reason } = wish;
  const subject = await subjectOf(context, customerId);
  if (!subject.ok) return subject;
  const { whole, stripe } = subject.value;
  const { stripeSubscriptionId: id, cancelAt, status } = whole.subscription;
  const done = { value: { customerId, order: null, reason }, writes: [], audit: [] };
  // Of a stack that stands nothing is paid for that it could end with.
  const immediately = wish.immediately || meanings[status].stack === 'stopped';
  if (id === null) {
    if (cancelAt !== null && !immediately) return ok(done);
    return await planWithoutStripe(context, whole, { ...wish, immediately });
  }
  if (stripe === null) return err(stripeAway);
  const read = await stripe.subscriptions.fetch(id);
  if (!read.ok) return err(stripeFailed(read.error));
  const found = read.value;
  const isOver = isEnded(found.status) || (found.item !== null && found.item.end <= context.now);
  const atOnce = immediately || isOver;
  if (found.cancelAt !== null && !atOnce) return ok(done);
  const { orderId, writes } = planOrder(context, customerId, { what: 'cancel', subscriptionId: id });
  return ok({
    value: { customerId, order: { stripe, orderId, found, atOnce }, reason },
    writes,
    audit: [{ action: 'subscription.cancel', subject: customerId, details: { immediately: atOnce, reason } }],
  });
}

/** In the batch of the request: the end that lies ahead is noted, or it is now. */
async function planWithoutStripe(
  context: Context,
  whole: WholeCustomer,
  { customerId, immediately, reason }: CancelWish,
): Promise<Planned<PlannedCancel>> {
  const { db, now } = context;
  const { subscription } = whole;
  const period = await currentPeriod(db, { id: customerId, status: subscription.status }, now);
  const endsAt = subscription.status === 'trialing' ? (subscription.trialEndsAt ?? now) : period.end;
  const value = { customerId, order: null, reason };
  const audit = [{ action: 'subscription.cancel', subject: customerId, details: { immediately, reason } }];
  const guard = subscriptionStore.guardUnchanged(subscription);
  if (!immediately && endsAt > now) {
    const next = { ...subscription, cancelAt: endsAt };
    return ok({ value, writes: [guard, subscriptionStore.replace(next, now)], audit });
  }
  const after = stateAfter(subscription, 'cancel_over');
  if (after === null) throw new Error(`a subscription that is ${subscription.status} does not end`);
  const next = { ...subscription, ...after, cancelAt: null, canceledAt: now, graceEndsAt: null };
  const entailed = await followState(context, whole, {
    subscription: next,
    plan: whole.plan,
    periodEndsAt: period.end,
    isOwnPeriod: true,
    reason: 'the subscription has ended',
  });
  return ok({
    value,
    writes: [guard, subscriptionStore.replace(next, now), ...entailed.writes],
    audit,
    outbox: entailed.outbox,
  });
}

/** Carries the order out. */
export async function cancel(
  context: Context,
  { customerId, order, reason }: PlannedCancel,
): Promise<Result<ShownSubscription & { outbox: readonly string[] }, Failure>> {
  if (order === null) return ok({ ...(await shownOf(context, customerId)), outbox: [] });
  const { stripe, orderId, found, atOnce } = order;
  const { id, scheduleId } = found;
  // What a schedule manages cannot be cancelled with its period.
  if (scheduleId !== null && !atOnce) {
    const released = await send(context, orderId, () => stripe.schedules.release(scheduleId, keyOf(orderId, 1)));
    if (!released.ok) return err(stripeFailed(released.error));
  }
  const canceled = await send(context, orderId, () =>
    atOnce ? stripe.changes.cancelNow(id, reason) : stripe.changes.cancelAtEnd(id, reason, keyOf(orderId)),
  );
  if (!canceled.ok) return err(stripeFailed(canceled.error));
  const settled = await settle(context, orderId, id);
  if (!settled.ok) return settled;
  return ok({ ...(await shownOf(context, customerId)), outbox: settled.value });
}
