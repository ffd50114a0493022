/**
 * Which event leads from which state of a subscription to which: one table for what people do, what time brings and what Stripe
 * says. A state is a status with the reason why the stack stands; what it means stands in subscription.ts. Pure.
 */
import type { SubscriptionStatus, SuspendedFor } from '../contracts/customers.ts';

export interface SubscriptionState {
  status: SubscriptionStatus;
  suspendedFor: SuspendedFor | null;
}

/** The statuses of a subscription at Stripe (docs.stripe.com/api/subscriptions/object). */
export type StripeStatus =
  | 'trialing'
  | 'active'
  | 'past_due'
  | 'unpaid'
  | 'canceled'
  | 'incomplete'
  | 'incomplete_expired'
  | 'paused';

/** Whether a subscription at Stripe is over, or never came about. */
export const isEnded = (status: StripeStatus): boolean => status === 'canceled' || status === 'incomplete_expired';

/** Whether it is somebody's: it is no more over than an unfinished checkout. */
export const isLive = (status: StripeStatus): boolean => !isEnded(status) && status !== 'incomplete';

/**
 * `deactivate`, `reactivate`: an operator. `spend_cap_over`: the period has cost what the customer lets it cost; `spend_cap_lifted`:
 * it may cost more, or another one has begun. `trial_over`: the free days end without a subscription at Stripe. `grace_over`: the days
 * after a failed payment. `stripe_*`: what Stripe says of the subscription that is the customer's.
 */
export type SubscriptionEvent =
  | 'deactivate'
  | 'reactivate_in_trial'
  | 'reactivate'
  | 'trial_over'
  | 'cancel_over'
  | 'grace_over'
  | 'spend_cap_over'
  | 'spend_cap_lifted'
  | `stripe_${StripeStatus}`;

/** A spend cap stops the deployment alone: the subscription is paid, or owed, and invoiced as ever (decision 5). */
type Capped = 'active:spend_cap' | 'past_due:spend_cap';
type Name = SubscriptionStatus | `suspended:${Exclude<SuspendedFor, 'spend_cap'>}` | Capped;
type Row = Partial<Record<SubscriptionEvent, Name>>;

/** Paid at Stripe, or free there until its own trial ends (decision 1). */
const paid: Row = { stripe_active: 'active', stripe_trialing: 'active' };
/** An invoice is open there; `unpaid` is the same to us, for it is we who suspend (decision 17). */
const owed: Row = { stripe_past_due: 'past_due', stripe_unpaid: 'past_due' };
const over: Row = { deactivate: 'canceled', stripe_canceled: 'canceled', cancel_over: 'canceled' };

/**
 * What is not in a row changes nothing: above all `incomplete` and `incomplete_expired`, which are as if no checkout had been, and
 * whatever Stripe says of a subscription that we have ended.
 */
const transitions: Readonly<Record<Name, Row>> = {
  trialing: { ...over, ...paid, ...owed, trial_over: 'suspended:trial_ended', stripe_paused: 'paused' },
  active: { ...over, ...owed, stripe_paused: 'paused', spend_cap_over: 'active:spend_cap' },
  past_due: {
    ...over,
    ...paid,
    grace_over: 'suspended:unpaid',
    stripe_paused: 'paused',
    spend_cap_over: 'past_due:spend_cap',
  },
  // No payment lifts a spend cap, and no raised cap what was not paid.
  'active:spend_cap': {
    ...over,
    stripe_past_due: 'past_due:spend_cap',
    stripe_unpaid: 'past_due:spend_cap',
    stripe_paused: 'paused',
    spend_cap_lifted: 'active',
  },
  'past_due:spend_cap': {
    ...over,
    stripe_active: 'active:spend_cap',
    stripe_trialing: 'active:spend_cap',
    grace_over: 'suspended:unpaid',
    stripe_paused: 'paused',
    spend_cap_lifted: 'past_due',
  },
  incomplete: {
    ...over,
    ...paid,
    ...owed,
    stripe_incomplete_expired: 'suspended:trial_ended',
    stripe_paused: 'paused',
  },
  // A person has paused it at Stripe, and resumes it there.
  paused: { ...over, ...paid, ...owed },
  suspended: { ...over, ...paid },
  'suspended:trial_ended': { ...over, ...paid, ...owed },
  // Paused by us at Stripe: only a payment brings it back.
  'suspended:unpaid': { ...over, ...paid },
  'suspended:operator': { ...over },
  canceled: { reactivate: 'active', reactivate_in_trial: 'trialing' },
};

const nameOf = ({ status, suspendedFor }: SubscriptionState): Name => {
  const name = suspendedFor === null ? status : `${status}:${suspendedFor}`;
  return Object.hasOwn(transitions, name) ? (name as Name) : status;
};

const stateOf = (name: Name): SubscriptionState => {
  const [status, suspendedFor] = name.split(':') as [SubscriptionStatus, SuspendedFor | undefined];
  return { status, suspendedFor: suspendedFor ?? null };
};

/** The state after an event; null where the event changes nothing. */
export function stateAfter(state: SubscriptionState, event: SubscriptionEvent): SubscriptionState | null {
  const next = transitions[nameOf(state)][event];
  return next === undefined ? null : stateOf(next);
}
