import { describe, expect, it } from 'vitest';
import { AmountOutOfRange } from '../../../src/pricing/line.ts';
import { rate } from '../../../src/pricing/rate.ts';
import { noOverrides } from '../../../src/pricing/stretch.ts';
import {
  dayMs,
  gb,
  hourMs,
  large,
  linesOf,
  middle,
  perUnit,
  rateOf,
  small,
  smallApp,
  start,
  stretch,
  version,
} from './versions.ts';

describe('a period of one plan', () => {
  it('is billed by the price list', () => {
    const rated = rateOf([
      stretch(small, 0, 30, {
        cpu_core_ms: 1000 * hourMs,
        storage_mib_s: 25 * 1024 * 30 * 86_400,
        network_sent_bytes: 90 * gb,
        network_received_bytes: 60 * gb,
        ingress_requests: 3_500_000,
      }),
    ]);
    expect(linesOf(rated, 'base_fee')).toEqual([[1, 0, 1, 2900]]);
    expect(linesOf(rated, 'cpu_core_ms')).toEqual([[1000, 720, 280, 1400]]);
    expect(linesOf(rated, 'memory_mib_s')).toEqual([[0, 0, 0, 0]]);
    expect(linesOf(rated, 'storage_mib_s')).toEqual([[25, 10, 15, 300]]);
    expect(linesOf(rated, 'network_sent_bytes')).toEqual([[90, 60, 30, 300]]);
    expect(linesOf(rated, 'network_received_bytes')).toEqual([[60, 40, 20, 200]]);
    expect(linesOf(rated, 'ingress_requests')).toEqual([[3_500_000, 1_000_000, 2_500_000, 125]]);
    expect(linesOf(rated, 'vm_s')).toEqual([]);
    expect(rated.totalCents).toBe(2900 + 1400 + 300 + 300 + 200 + 125);
    expect(rated.lines.map((line) => line.id).slice(0, 2)).toEqual([
      'base_fee/-/2026-11-01T00:00:00.000Z',
      'cpu_core_ms/-/2026-11-01T00:00:00.000Z',
    ]);
  });

  it('of a trial has no fee, is rated and shown', () => {
    const rated = rateOf([stretch(small, 0, 14, { network_sent_bytes: 101 * gb })], 'trial');
    expect(linesOf(rated, 'base_fee')).toEqual([[1, 1, 0, 0]]);
    expect(rated.totalCents).toBe(10);
  });

  it('has no fee where the plan is paid by the year', () => {
    expect(rateOf([stretch({ ...small, fee: '290', interval: 'year' }, 0, 30)]).totalCents).toBe(0);
  });

  it('has no fee in a month of a year that is paid for, and names what the year costs', () => {
    const period = { start, end: start + 30 * dayMs, kind: 'paid' as const, ofYear: true };
    const used = { network_sent_bytes: 101 * gb };
    const stretches = [
      stretch({ ...small, annualFee: '290' }, 0, 30, used, { ...noOverrides, prices: { base_fee: '9' } }),
    ];
    const rated = rate({ period, stretches });
    expect(linesOf(rated, 'base_fee')).toEqual([[1, 1, 0, 0]]);
    expect(rated.lines[0]).toMatchObject({ unit: 'year', unitPrice: '290', ownPrice: false });
    expect(rated.totalCents).toBe(10);
  });

  it('bills at a price and above an allowance of the customer’s own, and no meter that the list does not price', () => {
    const own = {
      allowances: { cpu_core_ms: '0', network_bytes: null },
      prices: { cpu_core_ms: '0.125', base_fee: '10', api_calls: '5' },
    };
    const used = { cpu_core_ms: hourMs, network_sent_bytes: 500 * gb, api_calls: 7 };
    const rated = rateOf([stretch(small, 0, 30, used, own)]);
    expect(linesOf(rated, 'cpu_core_ms')).toEqual([[1, 0, 1, 13]]);
    expect(linesOf(rated, 'network_sent_bytes')).toEqual([[500, 500, 0, 0]]);
    expect(linesOf(rated, 'api_calls')).toEqual([]);
    expect(linesOf(rated, 'base_fee')).toEqual([[1, 0, 1, 1000]]);
    expect(rated.lines.filter((line) => line.ownPrice).map((line) => line.meter)).toEqual(['base_fee', 'cpu_core_ms']);
  });

  it('bills the meters that are the operator’s own beside the built-in ones', () => {
    const own = {
      meter: 'seats',
      field: 'custom_1' as const,
      description: 'Licensed seats',
      unit: 'seat',
      baseUnits: 1,
      perMonth: false,
      addsUp: 'level' as const,
      allowance: 'seats',
    };
    const plan = version('seats', {
      ownMeters: { seats: own },
      prices: { seats: perUnit('3') },
      allowances: { seats: { perPeriod: '2' } },
    });
    expect(linesOf(rateOf([stretch(plan, 0, 30, { seats: 5 })]), 'seats')).toEqual([[5, 2, 3, 900]]);
  });

  it('is rated only when its stretches cover it', () => {
    const parts = [stretch(small, 0, 10), stretch(middle, 11, 30)];
    expect(() => rateOf(parts)).toThrow(/do not cover/);
    const period = { start, end: start + 31 * dayMs, kind: 'paid' as const };
    expect(() => rate({ period, stretches: [stretch(small, 0, 30)] })).toThrow(/do not cover/);
  });

  it('refuses an amount that whole cents cannot say', () => {
    const plan = version('dear', { prices: { api_calls: perUnit('100') } });
    expect(() => rateOf([stretch(plan, 0, 30, { api_calls: 9e11 })])).not.toThrow();
    expect(() => rateOf([stretch(plan, 0, 30, { api_calls: 9.1e11 })])).toThrow(AmountOutOfRange);
  });
});

describe('a change of plan', () => {
  it('prorates fee and allowance by seconds and pools the allowance over the period', () => {
    const rated = rateOf([
      stretch(small, 0, 15, { network_sent_bytes: 250 * gb }),
      stretch(middle, 15, 30, { network_sent_bytes: 100 * gb }),
    ]);
    expect(linesOf(rated, 'base_fee')).toEqual([
      [0.5, 0, 0.5, 1450],
      [0.5, 0, 0.5, 4950],
    ]);
    expect(linesOf(rated, 'network_sent_bytes')).toEqual([[350, 300, 50, 500]]);
  });

  it('to an unlimited plan for an hour leaves the overage of the month', () => {
    const used = { cpu_core_ms: 10_000 * hourMs, network_sent_bytes: 4000 * gb };
    const whole = rateOf([stretch(small, 0, 30, used)]);
    const hour = 1 / 24;
    const rated = rateOf([stretch(small, 0, 30 - hour, used), stretch(large, 30 - hour, 30)]);
    const overage = (r: typeof rated) => r.totalCents - linesOf(r, 'base_fee').reduce((t, l) => t + (l[3] ?? 0), 0);
    expect(overage(rated)).toBe(overage(whole));
  });

  it('from an unlimited plan: it covers its own use, and adds what the limited plan after it would have', () => {
    const rated = rateOf([
      stretch(large, 0, 15, { network_sent_bytes: 5000 * gb }),
      stretch(small, 15, 30, { network_sent_bytes: 110 * gb }),
    ]);
    expect(linesOf(rated, 'network_sent_bytes')).toEqual([[5110, 5100, 10, 100]]);
    const between = rateOf([
      stretch(small, 0, 10, { network_sent_bytes: 150 * gb }),
      stretch(large, 10, 20, { network_sent_bytes: 5000 * gb }),
      stretch(middle, 20, 30),
    ]);
    // A third of 100, again for the unlimited stretch, and a third of 500.
    expect(linesOf(between, 'network_sent_bytes')).toEqual([[5150, 5150, 0, 0]]);
    expect(between.lines.find((line) => line.meter === 'network_sent_bytes')?.why).toMatchObject({ kind: 'pool' });
  });

  it('to the same plan, or of overrides written otherwise, changes nothing', () => {
    const used = { cpu_core_ms: 500 * hourMs, network_sent_bytes: 150 * gb, network_received_bytes: 3 * gb };
    const more = { cpu_core_ms: 700 * hourMs, network_sent_bytes: 0, network_received_bytes: 90 * gb };
    const own = (price: string) => ({ prices: { network_sent_bytes: price } });
    const cut = [stretch(small, 0, 7, used, own('0.050')), stretch(small, 7, 30, more, own('0.05'))];
    const both = Object.fromEntries(
      Object.keys(used).map((m) => [m, Number(Reflect.get(used, m)) + Reflect.get(more, m)]),
    );
    expect(rateOf(cut)).toEqual(rateOf([stretch(small, 0, 30, both, own('0.050'))]));
    const peaks = [stretch(smallApp, 0, 7, { device_peak: 12 }), stretch(smallApp, 7, 30, { device_peak: 15 })];
    expect(rateOf(peaks)).toEqual(rateOf([stretch(smallApp, 0, 30, { device_peak: 15 })]));
  });

  it('there and back starts no tier anew, and equal prices in other writing are one charge', () => {
    const tiers = (second: string) => ({
      kind: 'graduated' as const,
      tiers: [
        { from: '0', to: '100', unitPrice: '1' },
        { from: '100', to: null, unitPrice: second },
      ],
    });
    const plan = (name: string, second: string) => version(name, { fee: '0', prices: { api_calls: tiers(second) } });
    const rated = rateOf([
      stretch(plan('a', '0.5'), 0, 10, { api_calls: 100 }),
      stretch(plan('b', '0.25'), 10, 20, { api_calls: 10 }),
      stretch(plan('c', '0.50'), 20, 30, { api_calls: 60 }),
    ]);
    expect(rated.lines.slice(3).map((line) => [line.id, line.quantity.toNumber(), line.amountCents])).toEqual([
      ['api_calls/0/2026-11-01T00:00:00.000Z', 100, 10_000],
      ['api_calls/100/2026-11-01T00:00:00.000Z', 60, 3000],
      ['api_calls/0/2026-11-11T00:00:00.000Z', 10, 1000],
    ]);
    expect(rated.lines[3]?.spans).toHaveLength(2);
  });

  it('prorates a flat price by the time that has it', () => {
    const flat = version('flat', { fee: '0', prices: { api_calls: { kind: 'flat', amount: '9' } } });
    const none = version('none', { fee: '0', prices: { api_calls: perUnit('0') } });
    const cents = (calls: number) =>
      rateOf([stretch(flat, 0, 10, { api_calls: calls }), stretch(none, 10, 30)]).totalCents;
    expect([cents(0), cents(1), cents(1e6)]).toEqual([0, 300, 300]);
  });
});

describe('levels', () => {
  const cents = (stretches: Parameters<typeof rateOf>[0]) =>
    rateOf(stretches)
      .lines.filter((line) => line.meter === 'device_peak')
      .map((line) => [line.quantity.toNumber(), line.included.toNumber(), line.billable.toNumber(), line.amountCents]);
  const { prices } = smallApp;
  const plan = (name: string, devices: string) =>
    version(name, { prices, allowances: { device_peak: devices === 'any' ? 'unlimited' : { perPeriod: devices } } });

  it('are rated by stretch: 50 of 50 devices after an upgrade cost nothing', () => {
    const rated = cents([
      stretch(plan('small', '10'), 0, 15, { device_peak: 10 }),
      stretch(plan('middle', '50'), 15, 30, { device_peak: 50 }),
    ]);
    expect(rated).toEqual([
      [5, 5, 0, 0],
      [25, 25, 0, 0],
    ]);
  });

  it('of an unlimited stretch hide none of a later one', () => {
    const rated = cents([
      stretch(plan('large', 'any'), 0, 15, { device_peak: 60 }),
      stretch(plan('small', '10'), 15, 30, { device_peak: 60 }),
    ]);
    expect(rated).toEqual([
      [30, 30, 0, 0],
      [30, 5, 25, 5000],
    ]);
  });

  it('are priced before they are prorated: tiers, packages and a flat price count whole devices', () => {
    const priced = (price: (typeof prices)[string]) =>
      rateOf([
        stretch(version('a', { fee: '0', prices: { device_peak: price } }), 0, 15, { device_peak: 25 }),
        stretch(version('b', { fee: '0' }), 15, 30),
      ])
        .lines.slice(2)
        .map((line) => [line.billable.toNumber(), line.amountCents]);
    expect(priced({ kind: 'package', size: '10', packagePrice: '4' })).toEqual([[12.5, 600]]);
    expect(priced({ kind: 'flat', amount: '4' })).toEqual([[12.5, 200]]);
    const tiers = [
      { from: '0', to: '20', unitPrice: '2' },
      { from: '20', to: null, unitPrice: '1' },
    ];
    expect(priced({ kind: 'graduated', tiers })).toEqual([
      [10, 2000],
      [2.5, 250],
    ]);
    expect(priced({ kind: 'volume', tiers })).toEqual([[12.5, 1250]]);
  });
});
