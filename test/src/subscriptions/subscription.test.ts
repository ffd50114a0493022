import { describe, expect, it } from 'vitest';
import { subscriptionStatus } from '../../../src/contracts/customers.ts';
import { meanings, periodFollows } from '../../../src/subscriptions/subscription.ts';

const statuses = subscriptionStatus.options;

describe('the states of a subscription', () => {
  it('each say what they mean, and a stopped one that is not canceled keeps its keys and licence', () => {
    expect(Object.keys(meanings).sort()).toEqual([...statuses].sort());
    for (const status of statuses) {
      const { stack, licence, accountKeys, periodsFollow } = meanings[status];
      expect({ licence, accountKeys, periodsFollow }).toEqual(
        status === 'canceled'
          ? { licence: 'revoked', accountKeys: false, periodsFollow: false }
          : { licence: 'in_force', accountKeys: true, periodsFollow: status !== 'trialing' },
      );
      expect(stack).toBe(['suspended', 'paused', 'canceled'].includes(status) ? 'stopped' : 'running');
    }
    expect(meanings.trialing.invoiced).toBe(false);
  });

  it('lead from a trial to a period only where somebody pays, and from a month to the next until the end', () => {
    const follow = (kind: 'trial' | 'manual' | 'paid') => statuses.filter((status) => periodFollows(status, kind));
    expect(follow('trial')).toEqual(['active', 'past_due']);
    const months = statuses.filter((status) => status !== 'trialing' && status !== 'canceled');
    expect(follow('manual')).toEqual(months);
    expect(follow('paid')).toEqual(months);
  });
});
