import { describe, expect, it } from 'vitest';
import { subscriptionStatus } from '../../../src/contracts/customers.ts';
import { meanings, type SubscriptionEvent, statusAfter } from '../../../src/subscriptions/subscription.ts';

const statuses = subscriptionStatus.options;
const events: SubscriptionEvent[] = ['deactivate', 'reactivate'];

describe('the states of a subscription', () => {
  it('each say what they mean, and a stopped one that is not canceled keeps its keys and licence', () => {
    expect(Object.keys(meanings).sort()).toEqual([...statuses].sort());
    for (const status of statuses) {
      const { stack, licence, accountKeys, periodsFollow } = meanings[status];
      expect({ licence, accountKeys, periodsFollow }).toEqual(
        status === 'canceled'
          ? { licence: 'revoked', accountKeys: false, periodsFollow: false }
          : { licence: 'in_force', accountKeys: true, periodsFollow: true },
      );
      expect(stack).toBe(['suspended', 'paused', 'canceled'].includes(status) ? 'stopped' : 'running');
    }
    expect(meanings.trialing.invoiced).toBe(false);
  });

  it.each(statuses.flatMap((status) => events.map((event) => [status, event] as const)))(
    'from %s, %s leads where the table says',
    (status, event) => {
      const [inTrial, after] = [true, false].map((trialRuns) => statusAfter(status, event, trialRuns));
      if (event === 'deactivate')
        expect([inTrial, after]).toEqual(Array(2).fill(status === 'canceled' ? null : 'canceled'));
      else expect([inTrial, after]).toEqual(status === 'canceled' ? ['trialing', 'active'] : [null, null]);
    },
  );
});
