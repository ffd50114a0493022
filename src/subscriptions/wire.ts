/** A subscription as the wire has it. */
import type { SubscriptionView } from '../contracts/subscriptions.ts';
import { iso, isoOrNull } from '../lib/time.ts';
import type { ShownSubscription } from '../workflows/subscriptions/order.ts';

export function toSubscription({ whole: { subscription }, period }: ShownSubscription): SubscriptionView {
  const { scheduledPlan, scheduledInterval, scheduledAt } = subscription;
  return {
    customer_id: subscription.customerId,
    plan: subscription.plan,
    plan_version: subscription.planVersion,
    interval: subscription.interval,
    status: subscription.status,
    suspended_for: subscription.suspendedFor,
    trial_ends_at: isoOrNull(subscription.trialEndsAt),
    current_period: { start: iso(period.start), end: iso(period.end) },
    cancel_at: isoOrNull(subscription.cancelAt),
    scheduled:
      scheduledPlan === null || scheduledAt === null
        ? null
        : { plan: scheduledPlan, interval: scheduledInterval ?? 'month', effective_at: iso(scheduledAt) },
    grace_ends_at: isoOrNull(subscription.graceEndsAt),
    collection: subscription.collection,
    stripe_subscription_id: subscription.stripeSubscriptionId,
  };
}
