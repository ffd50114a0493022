/** Every state that a subscription can be in and every event that it can meet, derived from what the code knows. */
import { subscriptionStatus, suspendedFor } from '../../../src/contracts/customers.ts';
import type { StripeStatus, SubscriptionEvent, SubscriptionState } from '../../../src/subscriptions/transitions.ts';

/** A spend cap leaves the status as it is; every other reason is that of a suspension. */
export const states: readonly SubscriptionState[] = [
  ...subscriptionStatus.options.map((status) => ({ status, suspendedFor: null })),
  ...suspendedFor.options
    .filter((why) => why !== 'spend_cap')
    .map((why) => ({ status: 'suspended' as const, suspendedFor: why })),
  ...(['active', 'past_due'] as const).map((status) => ({ status, suspendedFor: 'spend_cap' as const })),
];

// As keys, so that one which is missing is a type error.
const everyEvent: Readonly<Record<SubscriptionEvent, true>> = {
  deactivate: true,
  reactivate: true,
  reactivate_in_trial: true,
  trial_over: true,
  cancel_over: true,
  grace_over: true,
  spend_cap_over: true,
  spend_cap_lifted: true,
  stripe_trialing: true,
  stripe_active: true,
  stripe_past_due: true,
  stripe_unpaid: true,
  stripe_canceled: true,
  stripe_incomplete: true,
  stripe_incomplete_expired: true,
  stripe_paused: true,
};
export const events = Object.keys(everyEvent) as SubscriptionEvent[];
export const stripeStatuses = events.flatMap((event) =>
  event.startsWith('stripe_') ? [event.slice('stripe_'.length) as StripeStatus] : [],
);

export const named = ({ status, suspendedFor: why }: SubscriptionState): string =>
  why === null ? status : `${status}:${why}`;
