import { describe, expect, it } from 'vitest';
import { levelsOf } from '../../../src/pricing/stretch.ts';
import { dayMs, gb, hourMs, linesOf, middle, perUnit, rateOf, small, smallApp, stretch, version } from './versions.ts';

describe('the levels that rating needs', () => {
  const own = {
    meter: 'seats',
    field: 'custom_2' as const,
    description: 'Seats',
    unit: 'seat',
    baseUnits: 1,
    perMonth: false,
    addsUp: 'level' as const,
    allowance: 'seats',
  };
  it.each([
    ['the priced ones', { device_peak: perUnit('1'), api_calls: perUnit('1') }, ['device_peak']],
    ['devices for their hours alone', { device_hours: perUnit('1') }, ['device_peak']],
    ['the operator’s own', { seats: perUnit('1'), device_hours: perUnit('0') }, ['custom_2', 'device_peak']],
    ['none where none is priced', { api_calls: perUnit('1') }, []],
  ])('are %s', (_, prices, levels) => {
    expect(levelsOf(version('any', { prices, ownMeters: { seats: own } })).map(({ column }) => column)).toEqual(levels);
  });
});

describe('exact arithmetic', () => {
  it('keeps a tie a tie in a period that began at any millisecond and was cut several times', () => {
    const signedUp = Date.parse('2026-11-20T12:55:54.521Z');
    const hour = Date.parse('2026-11-20T12:00:00Z');
    const edges = [signedUp, ...[1, 169, 601].map((hours) => hour + hours * hourMs), signedUp + 30 * dayMs];
    const own = { allowances: { storage_mib_s: '0' }, prices: { storage_mib_s: '0.1' } };
    const stretches = edges.slice(1).map((end, i) => ({
      ...stretch(i % 2 === 0 ? small : middle, 0, 1, i === 0 ? { storage_mib_s: 0.05 * 1024 * 30 * 86_400 } : {}, own),
      start: edges[i] ?? 0,
      end,
    }));
    expect(linesOf(rateOf(stretches), 'storage_mib_s')).toEqual([[0.05, 0, 0.05, 1]]);
  });

  it('keeps a tie a tie behind a quotient that never ends, at a price of dollars', () => {
    // A ninth of an hour at $9.045 is $1.005.
    const rated = rateOf([stretch(small, 0, 30, { vm_s: 400 }, { prices: { vm_s: '9.045' } })]);
    expect(linesOf(rated, 'vm_s')[0]?.[3]).toBe(101);
  });

  it('reaches no further tier for the last digit of a division', () => {
    const tiers = [
      { from: '0', to: '50', unitPrice: '1' },
      { from: '50', to: null, unitPrice: '0.5' },
    ];
    const lines = (kind: 'volume' | 'graduated') =>
      rateOf(
        Array.from({ length: 3 }, (_, i) =>
          stretch(
            version(`plan-${i}`, { prices: { storage_mib_s: { kind, tiers } } }),
            i * 10,
            (i + 1) * 10,
            // A third of 50 GB-months, a quotient that never ends.
            { storage_mib_s: (50 * 1024 * 30 * 86_400) / 3 },
          ),
        ),
      )
        .lines.filter((line) => line.meter === 'storage_mib_s')
        .map((line) => [line.quantity.toDecimalPlaces(9).toNumber(), line.tier, line.amountCents]);
    expect(lines('volume')).toEqual([[50, '0 to 50', 5000]]);
    expect(lines('graduated')).toEqual([[50, '0 to 50', 5000]]);
  });

  it('rounds each line once: the total is the sum of the lines', () => {
    const rated = rateOf([stretch(smallApp, 0, 30, { api_calls: 100_001, mqtt_bytes: 11 * gb })]);
    expect(rated.lines.reduce((total, line) => total + line.amountCents, 0)).toBe(rated.totalCents);
    expect(rated.lines.every((line) => line.quantity.eq(line.included.plus(line.billable)))).toBe(true);
  });
});
