import { describe, expect, it } from 'vitest';
import { meanings, stackOf } from '../../../src/subscriptions/subscription.ts';
import { type SubscriptionEvent, type SubscriptionState, stateAfter } from '../../../src/subscriptions/transitions.ts';
import { events, named, states, stripeStatuses } from './every.ts';

const nextOf = (state: SubscriptionState, event: SubscriptionEvent) => {
  const next = stateAfter(state, event);
  return next === null ? null : named(next);
};

describe('what leads a subscription from state to state', () => {
  it('stands in the table, each event from each state', () => {
    const table = Object.fromEntries(
      states.map((state) => [
        named(state),
        Object.fromEntries(events.map((event) => [event, nextOf(state, event)]).filter(([, next]) => next !== null)),
      ]),
    );
    expect(table).toMatchSnapshot();
  });

  it('ends every subscription that has not ended, by an operator, by Stripe, or by its own end', () => {
    for (const state of states) {
      for (const event of ['deactivate', 'stripe_canceled', 'cancel_over'] as const) {
        expect(nextOf(state, event)).toBe(state.status === 'canceled' ? null : 'canceled');
      }
    }
  });

  it('lets nothing that Stripe says bring back what we have ended or an operator has stopped', () => {
    for (const status of stripeStatuses) {
      expect(nextOf({ status: 'canceled', suspendedFor: null }, `stripe_${status}`)).toBeNull();
      if (status === 'canceled') continue;
      expect(nextOf({ status: 'suspended', suspendedFor: 'operator' }, `stripe_${status}`)).toBeNull();
    }
  });

  it('has a stack of who has not paid run again by a payment only', () => {
    const brings = events.filter((event) => {
      const next = stateAfter({ status: 'suspended', suspendedFor: 'unpaid' }, event);
      return next !== null && meanings[next.status].stack === 'running';
    });
    expect(brings).toEqual(['stripe_trialing', 'stripe_active']);
  });

  it('has a stack that a spend cap stops run again by the cap alone, and one that is not paid by no cap', () => {
    const runs = (state: SubscriptionState, event: SubscriptionEvent) => {
      const next = stateAfter(state, event);
      return next !== null && stackOf(next) === 'running';
    };
    for (const status of ['active', 'past_due'] as const) {
      const brings = events.filter((event) => runs({ status, suspendedFor: 'spend_cap' }, event));
      expect(brings).toEqual(['spend_cap_lifted']);
    }
    expect(runs({ status: 'suspended', suspendedFor: 'unpaid' }, 'spend_cap_lifted')).toBe(false);
    expect(nextOf({ status: 'past_due', suspendedFor: 'spend_cap' }, 'grace_over')).toBe('suspended:unpaid');
    expect(nextOf({ status: 'active', suspendedFor: 'spend_cap' }, 'stripe_past_due')).toBe('past_due:spend_cap');
  });

  it('says the same when it is said again', () => {
    for (const state of states) {
      for (const status of stripeStatuses) {
        const once = stateAfter(state, `stripe_${status}`);
        if (once !== null) expect(nextOf(once, `stripe_${status}`) ?? named(once)).toBe(named(once));
      }
    }
  });

  it('gives an unfinished checkout nothing', () => {
    for (const state of states) expect(nextOf(state, 'stripe_incomplete')).toBeNull();
  });
});
