/** What a spend cap comes to, and how far it can be overshot. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Decimal } from '../../../src/lib/decimal.ts';
import type { RatedPlan } from '../../../src/pricing/stretch.ts';
import { noOverrides } from '../../../src/pricing/stretch.ts';
import { lateSeconds, overshootCents } from '../../../src/spend-caps/overshoot.ts';
import { type Cap, judge, leastCap, percentOf, stateOf } from '../../../src/spend-caps/spend-cap.ts';

const period = { start: 1000, end: 2000 };
const cap = (capCents: number, more: Partial<Cap> = {}): Cap => ({
  capCents,
  action: 'suspend',
  periodStart: period.start,
  toldPercent: 0,
  ...more,
});
const spent = (usedCents: number) => ({ period, usedCents });

describe('a cap', () => {
  it('tells of each share once a period, of a jump by the highest, and again in the next period', () => {
    expect(judge(cap(1000), spent(499)).alert).toBeNull();
    expect(judge(cap(1000), spent(500))).toMatchObject({ alert: 50, toldPercent: 50 });
    expect(judge(cap(1000, { toldPercent: 50 }), spent(749)).alert).toBeNull();
    expect(judge(cap(1000, { toldPercent: 50 }), spent(750)).alert).toBe(75);
    expect(judge(cap(1000), spent(1200))).toMatchObject({ alert: 100, toldPercent: 100 });
    expect(judge(cap(1000, { toldPercent: 100 }), spent(1200)).alert).toBeNull();
    expect(judge(cap(1000, { toldPercent: 100, periodStart: 0 }), spent(600)).alert).toBe(50);
  });

  it('stops nobody below it, and only who chose so', () => {
    expect(judge(cap(1000), spent(999)).stops).toBe(false);
    expect(judge(cap(1000), spent(1000)).stops).toBe(true);
    expect(judge(cap(1000, { action: 'notify' }), spent(5000))).toMatchObject({ stops: false, isReached: true });
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 1e11 }), fc.nat(2e9), (cents, used) => {
        expect(judge(cap(cents), spent(used)).stops).toBe(used >= cents);
        expect(percentOf(used, cents) >= 100).toBe(used >= cents);
      }),
    );
  });

  it('is reached where the instance stands for another reason', () => {
    const verdict = judge(cap(10), spent(10));
    expect(stateOf(verdict, 'spend_cap')).toBe('suspended');
    expect(stateOf(verdict, 'unpaid')).toBe('reached');
    expect(stateOf(judge(cap(10), spent(9)), null)).toBe('below');
  });

  it('is a cent above the fee at least', () => {
    expect(leastCap(2900)).toBe(2901);
  });
});

const hour = 3600;
const month = 30 * 24 * hour;
const gb = 2 ** 30;
const planWith = (prices: RatedPlan['prices'], allowances: RatedPlan['allowances'] = {}): RatedPlan => ({
  plan: 'p',
  version: '1',
  name: 'P',
  fee: '29',
  interval: 'month',
  allowances,
  prices,
  ownMeters: {},
});
const more = (plan: RatedPlan, usage: Record<string, number>) =>
  overshootCents(
    {
      start: 0,
      end: month * 1000,
      plan,
      overrides: noOverrides,
      usage: Object.fromEntries(Object.entries(usage).map(([meter, amount]) => [meter, new Decimal(amount)])),
    },
    month,
  );

describe('the overshoot', () => {
  it('is of a window, the settling of its report, and 90 seconds', () => {
    expect(lateSeconds(hour)).toBe(hour + 120 + 90);
  });

  it('is what more usage costs with nothing included any more, and a cent a line', () => {
    const perGb = planWith(
      { network_sent_bytes: { kind: 'per_unit', unitPrice: '0.10' } },
      { network_bytes: { perPeriod: '100' } },
    );
    expect(more(perGb, { network_sent_bytes: 20 * gb })).toBe(201);
    expect(more(perGb, { network_sent_bytes: 0 })).toBe(0);
    expect(
      more(planWith({ network_sent_bytes: { kind: 'per_unit', unitPrice: '0' } }), { network_sent_bytes: gb }),
    ).toBe(0);
  });

  it('is nothing of what is without limit', () => {
    const plan = planWith(
      { network_sent_bytes: { kind: 'per_unit', unitPrice: '0.10' } },
      { network_bytes: 'unlimited' },
    );
    expect(more(plan, { network_sent_bytes: 1000 * gb })).toBe(0);
  });

  it('takes the dearest tier, a package that is begun, the whole flat price, and what becomes dearer at a volume', () => {
    const tiers = [
      { from: '0', to: '10', unitPrice: '1' },
      { from: '10', to: null, unitPrice: '3' },
    ];
    const of = (price: RatedPlan['prices'][string], calls: number) =>
      more(planWith({ api_calls: price }), { api_calls: calls });
    expect(of({ kind: 'graduated', tiers }, 2)).toBe(601);
    expect(of({ kind: 'volume', tiers }, 2)).toBe(600 + 2000 + 1);
    expect(of({ kind: 'package', size: '5', packagePrice: '2' }, 6)).toBe(401);
    expect(of({ kind: 'flat', amount: '7' }, 1)).toBe(701);
  });
});
