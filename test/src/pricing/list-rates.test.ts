import { describe, expect, it } from 'vitest';
import { centsIn, centsOfSum, centsOfUnits, listRatesOf } from '../../../src/pricing/list-rates.ts';
import type { Price } from '../../../src/pricing/price.ts';
import { plansOf, shippedPlan, shippedPlans } from '../../harness/worker/plans.ts';

const hourSeconds = 3600;
const month = 30 * 24 * hourSeconds;

const rateOf = (meter: string, price: Price) => listRatesOf({ prices: { [meter]: price }, ownMeters: {} })[0];

/** Cents of so many core-hours. */
function centsOfCores(hours: number, price: Price): number | null {
  const rate = rateOf('cpu_core_ms', price);
  return rate ? centsOfUnits(BigInt(hours) * 3_600_000n, centsIn(rate, month)) : null;
}

describe('list rates', () => {
  it('are the first tier of every kind of price that has a unit', () => {
    const tiers = [
      { from: '0', to: '10', unitPrice: '0.05' },
      { from: '10', to: null, unitPrice: '0.01' },
    ];
    expect(centsOfCores(100, { kind: 'per_unit', unitPrice: '0.05' })).toBe(500);
    expect(centsOfCores(100, { kind: 'graduated', tiers })).toBe(500);
    expect(centsOfCores(100, { kind: 'volume', tiers })).toBe(500);
    expect(centsOfCores(100, { kind: 'package', size: '30', packagePrice: '1' })).toBe(333);
    expect(centsOfCores(100, { kind: 'flat', amount: '5' })).toBeNull();
  });

  it('price what is held by the month by the seconds of that month', () => {
    const rate = rateOf('storage_mib_s', { kind: 'per_unit', unitPrice: '0.20' });
    if (!rate) throw new Error('no rate');
    for (const days of [28, 29, 30, 31]) {
      const seconds = days * 24 * hourSeconds;
      expect(centsOfUnits(10n * 1024n * BigInt(seconds), centsIn(rate, seconds))).toBe(200);
    }
  });

  it('leave out levels, and meters without a price; the operator’s own sums are in', () => {
    const rates = listRatesOf(shippedPlan('starter'));
    expect(rates.map(({ meter }) => meter)).toEqual([
      'cpu_core_ms',
      'memory_mib_s',
      'storage_mib_s',
      'network_sent_bytes',
      'network_received_bytes',
      'ingress_requests',
      'vm_s',
      'ip_s',
    ]);
    const yaml = shippedPlans
      .replace(
        'lists:',
        'meters:\n  gpu_hours: { field: custom_1, title: GPU, unit: GPU-hour, adds_up: sum, source: report }\n  seats: { field: custom_2, title: Seats, unit: seat, adds_up: level, source: report }\nlists:',
      )
      .replace(
        '    vm_s: {',
        '    gpu_hours: { per: GPU-hour, price: 2 }\n    seats: { per: seat, price: 1 }\n    vm_s: {',
      );
    const own = plansOf(yaml).versions[0]?.definition;
    const added = own ? listRatesOf(own).slice(rates.length) : [];
    expect(added.map(({ meter, columns }) => [meter, columns])).toEqual([['gpu_hours', ['custom_1']]]);
  });

  it('round half a cent up, once for a sum, and lose nothing of what passes 2^53', () => {
    const rate = rateOf('ingress_requests', { kind: 'per_unit', unitPrice: '0.0000005' });
    if (!rate) throw new Error('no rate');
    const price = centsIn(rate, month);
    expect([9_999n, 10_000n, 30_000n].map((units) => centsOfUnits(units, price))).toEqual([0, 1, 2]);
    expect(
      centsOfSum([
        { units: 10_000n, price },
        { units: 10_000n, price },
      ]),
    ).toBe(1);
    expect(centsOfUnits(2n ** 60n + 1n, price)).toBe(Number((2n ** 60n + 1n) / 20_000n));
  });
});
