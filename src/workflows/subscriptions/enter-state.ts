/**
 * A change of a subscription's state that Stripe has not brought: what time ends, and what an operator decides. State,
 * licence, stack, keys and audit are one batch; which event leads where is src/subscriptions/transitions.ts.
 */
import type { SubscriptionRow, WholeCustomer } from '../../customers/store.ts';
import { guardUnchanged, replace } from '../../subscriptions/store.ts';
import { type SubscriptionEvent, type SubscriptionState, stateAfter } from '../../subscriptions/transitions.ts';
import { currentPeriod } from '../billing/current-period.ts';
import type { Context, Plan } from '../deed.ts';
import { followState } from './follow-state.ts';

export interface Entered extends Pick<Plan<SubscriptionRow>, 'value' | 'writes' | 'audit'> {
  outbox: string[];
}

/** What a subscription says no more once it has ended. Stripe's own id goes when Stripe has ended it, too. */
const nothingAhead = {
  cancelAt: null,
  scheduledPlan: null,
  scheduledVersion: null,
  scheduledInterval: null,
  scheduledAt: null,
} as const;

/** The row in its new state. */
export function rowIn(
  before: SubscriptionRow,
  { status, suspendedFor }: SubscriptionState,
  now: number,
): SubscriptionRow {
  const ended = status === 'canceled';
  return {
    ...before,
    status,
    suspendedFor,
    ...(ended ? nothingAhead : {}),
    canceledAt: ended ? now : null,
    graceEndsAt: status === 'past_due' ? before.graceEndsAt : null,
  };
}

/**
 * Plans the state that an event leads to; null where it leads to none.
 * @param reason why the licence is revoked, where the event ends the subscription
 */
export async function enterState(
  context: Context,
  before: WholeCustomer,
  event: SubscriptionEvent,
  reason: string,
): Promise<Entered | null> {
  const { db, now } = context;
  const { customer, subscription, plan } = before;
  const state = stateAfter(subscription, event);
  if (state === null) return null;
  const row = rowIn(subscription, state, now);
  const period = await currentPeriod(db, { id: customer.id, status: subscription.status }, now);
  const entailed = await followState(context, before, {
    subscription: row,
    plan,
    periodEndsAt: period.end,
    isOwnPeriod: true,
    reason,
  });
  return {
    value: row,
    writes: [guardUnchanged(subscription), replace(row, now), ...entailed.writes],
    outbox: entailed.outbox,
    audit: [
      {
        action: 'subscription.changed',
        subject: customer.id,
        details: { before: subscription.status, status: row.status, suspended_for: row.suspendedFor, by: event },
      },
    ],
  };
}
