/** A subscription and what a change of it would cost, as lines for people. Pure. */
import type { z } from 'zod';
import type { previewAnswer, SubscriptionView } from '../../src/contracts/subscriptions.ts';
import { dollars, minuteOf } from './amounts.ts';
import { titled } from './customer.ts';

type Preview = z.infer<typeof previewAnswer>;

const stateOf = ({ status, suspended_for: why }: SubscriptionView): string =>
  why === null ? status : `${status} (${why.replaceAll('_', ' ')})`;

/** A line each. */
export function subscriptionLines(subscription: SubscriptionView): string[] {
  const { plan, plan_version: version, interval, current_period: period, scheduled } = subscription;
  const ahead: [string, string | null][] = [
    ['trial until', subscription.status === 'trialing' ? subscription.trial_ends_at : null],
    ['grace until', subscription.grace_ends_at],
    ['ends at', subscription.cancel_at],
  ];
  return [
    titled('subscription', `${plan} ${version} by the ${interval}, ${stateOf(subscription)}`),
    titled('period', `${minuteOf(period.start)} to ${minuteOf(period.end)} UTC`),
    ...ahead.flatMap(([title, at]) => (at === null ? [] : [titled(title, `${minuteOf(at)} UTC`)])),
    ...(scheduled === null
      ? []
      : [
          titled(
            'then',
            `${scheduled.plan} by the ${scheduled.interval}, from ${minuteOf(scheduled.effective_at)} UTC`,
          ),
        ]),
    titled('paid', subscription.collection === 'none' ? 'not at Stripe' : `by ${subscription.collection}`),
    titled('at Stripe', subscription.stripe_subscription_id ?? 'nothing'),
  ];
}

/** What is asked for and when it begins. */
export function previewLines(preview: Preview): string[] {
  const overage = `${dollars(preview.overage_before_cents)} before, ${dollars(preview.overage_after_cents)} after`;
  return [
    titled('begins', preview.effective === 'now' ? 'at once' : `${minuteOf(preview.effective_at)} UTC`),
    titled('due now', dollars(preview.due_now_cents)),
    ...preview.stripe_lines.map((line) => `  ${dollars(line.amount_cents).padStart(10)}  ${line.description}`),
    titled('overage', overage),
  ];
}
