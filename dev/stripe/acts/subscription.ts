/** What every change of a subscription ends with: what time will bring it next, and its end. */
import type { Context } from '../context.ts';
import type { By } from '../lifecycle.ts';
import { move } from '../move.ts';
import { isOver, periodEndOf, type Subscription } from '../objects/subscription.ts';
import { daySeconds, hourSeconds, secondsOf } from '../seconds.ts';
import { dropSchedule, nextPhaseAt } from './schedule-end.ts';

/** A first invoice that nobody pays, an update that waits for payment, a resumption: each has that long. */
export const paymentWindowSeconds = 23 * hourSeconds;
const trialNoticeSeconds = 3 * daySeconds;

const goesOn = (status: Subscription['status']): boolean =>
  ['trialing', 'active', 'past_due', 'unpaid'].includes(status);

/** Every instant at which something happens to it by itself, Unix seconds; null: never. */
function instantsOf(context: Context, subscription: Subscription): Record<string, number | null> {
  const { cancelAt, created, pendingUpdate, resumption, status, trialEnd } = subscription;
  const now = secondsOf(context.now);
  const periodEnd = goesOn(status) ? periodEndOf(subscription) : null;
  const noticeAt = status === 'trialing' && trialEnd !== null ? trialEnd - trialNoticeSeconds : null;
  return {
    cancel: cancelAt !== null && (periodEnd === null || cancelAt < periodEnd) ? cancelAt : null,
    incomplete: status === 'incomplete' ? created + paymentWindowSeconds : null,
    pending_update: pendingUpdate?.expiresAt ?? null,
    period: periodEnd,
    phase: nextPhaseAt(context, subscription),
    resumption: resumption === null ? null : resumption.since + paymentWindowSeconds,
    trial_will_end: noticeAt !== null && noticeAt > now ? noticeAt : null,
  };
}

/** Sets what time will bring it, from what it is now. */
export function setDues(context: Context, subscription: Subscription): void {
  for (const [what, at] of Object.entries(instantsOf(context, subscription))) {
    if (at === null || isOver(subscription)) context.store.clearDue(what, subscription.id);
    else context.store.setDue(what, subscription.id, at * 1000);
  }
}

/** Whether a trial is so short that its reminder is due at once. */
export const isNoticeLate = (context: Context, trialEnd: number): boolean =>
  trialEnd - trialNoticeSeconds <= secondsOf(context.now);

/** Stripe collects nothing more for what was finalised before: https://docs.stripe.com/billing/subscriptions/cancel */
function stopCollection(context: Context, subscription: Subscription): void {
  for (const invoice of context.store.list('invoice', { parent: subscription.id, key: 'open' })) {
    context.store.clearAllDue(invoice.id);
    if (!invoice.autoAdvance) continue;
    move(context, 'invoice', invoice, 'collection_stopped', { autoAdvance: false, nextAttempt: null });
  }
}

type End = Extract<By<'subscription'>, 'canceled' | 'ended' | 'retries_exhausted_cancel'>;

/** Ends it now. */
export function endSubscription(context: Context, subscription: Subscription, by: End): Subscription {
  const now = secondsOf(context.now);
  dropSchedule(context, subscription, by === 'retries_exhausted_cancel' ? 'aborted' : 'canceled');
  const reason = by === 'retries_exhausted_cancel' ? 'payment_failed' : 'cancellation_requested';
  const ended = move(context, 'subscription', { ...subscription, schedule: null }, by, {
    canceledAt: subscription.canceledAt ?? now,
    cancellation: { ...subscription.cancellation, reason: subscription.cancellation.reason ?? reason },
    endedAt: now,
    pendingUpdate: null,
    resumption: null,
  });
  setDues(context, ended);
  stopCollection(context, ended);
  return ended;
}
