/** Rating against an oracle of whole fractions: the same rules (docs/pricing.md) in arithmetic that cannot round. */
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { Decimal } from '../../../src/lib/decimal.ts';
import { type RatedMeter, ratedMeters } from '../../../src/pricing/meters.ts';
import { type Overrides, rate, type Segment } from '../../../src/pricing/rate.ts';
import { applicationPlans, plansOf, shippedPlans } from '../../harness/worker/plans.ts';

const sold = [...plansOf(shippedPlans).versions, ...plansOf(applicationPlans).versions].map((v) => v.definition);
const planVersionOf = (plan: string, version: string) => {
  const found = sold.find((v) => v.plan === plan && v.version === version);
  if (!found) throw new Error(`no plan ${plan} ${version}`);
  return found;
};

const hourMs = 3_600_000;
const dayMs = 24 * hourMs;

/** Numerator and denominator, the latter above 0. */
type Fraction = readonly [bigint, bigint];
const whole = (n: number): Fraction => [BigInt(n), 1n];
const nothing = whole(0);
const plus = (a: Fraction, b: Fraction): Fraction => [a[0] * b[1] + b[0] * a[1], a[1] * b[1]];
const minus = (a: Fraction, b: Fraction): Fraction => plus(a, [-b[0], b[1]]);
const times = (a: Fraction, b: Fraction): Fraction => [a[0] * b[0], a[1] * b[1]];
const over = (a: Fraction, b: Fraction): Fraction => [a[0] * b[1], a[1] * b[0]];
const less = (a: Fraction, b: Fraction): boolean => a[0] * b[1] < b[0] * a[1];
const most = (a: Fraction, b: Fraction): Fraction => (less(a, b) ? b : a);
const addUp = (all: readonly Fraction[]): Fraction => all.reduce(plus, nothing);

function fractionOf(decimal: string): Fraction {
  const [digits = '', places = ''] = decimal.split('.');
  return [BigInt(digits + places), 10n ** BigInt(places.length)];
}

/** Half away from zero; no amount here is negative. */
const centsOf = ([n, d]: Fraction): number => Number((200n * n + d) / (2n * d));

/** What a segment adds to the pool; null is without limit. */
function grantOf(allowance: string, segment: Segment, ms: number, overrides: Overrides): Fraction | null {
  const share = over(whole(segment.end - segment.start), whole(ms));
  const override = overrides.allowances[allowance];
  if (override !== undefined) return override === null ? null : times(fractionOf(override), share);
  const own = segment.plan.allowances[allowance];
  if (own === 'unlimited') return null;
  if (own === undefined) return nothing;
  if ('perPeriod' in own) return times(fractionOf(own.perPeriod), share);
  return times(fractionOf(own.perHour), over(whole(segment.end - segment.start), whole(hourMs)));
}

/** A meter's quantities by segment; of a peak what exceeds the earlier ones. */
function quantitiesOf(meter: RatedMeter, segments: readonly Segment[], ms: number): Fraction[] {
  let highest = nothing;
  return segments.map(({ usage }) => {
    const base = over(fractionOf((usage[meter.meter] ?? new Decimal(0)).toFixed()), whole(meter.baseUnits));
    const quantity = meter.perMonth ? over(base, over(whole(ms), whole(1000))) : base;
    if (!meter.peak) return quantity;
    const added = most(minus(quantity, highest), nothing);
    highest = most(highest, quantity);
    return added;
  });
}

/** The cents of each meter of one allowance, all at one price per unit. */
function groupCents(meters: readonly RatedMeter[], segments: readonly Segment[], overrides: Overrides, ms: number) {
  const grants = segments.map((segment) => grantOf(meters[0]?.allowance ?? '', segment, ms, overrides));
  const used = meters.map((meter) => quantitiesOf(meter, segments, ms));
  const billable = meters.map(() => nothing);
  let pool = addUp(grants.filter((grant) => grant !== null));
  for (let s = grants.lastIndexOf(null) + 1; s < segments.length; s++) {
    const total = addUp(used.map((quantities) => quantities[s] ?? nothing));
    const above = most(minus(total, pool), nothing);
    for (const [m, quantities] of used.entries()) {
      const part = above[0] === 0n ? nothing : over(times(above, quantities[s] ?? nothing), total);
      billable[m] = plus(billable[m] ?? nothing, part);
    }
    pool = most(minus(pool, total), nothing);
  }
  return meters.map(({ meter }, m): [string, number] => {
    const listed = segments[0]?.plan.prices[meter];
    const price = overrides.prices[meter] ?? (listed?.kind === 'per_unit' ? listed.unitPrice : '0');
    return [meter, centsOf(times(billable[m] ?? nothing, fractionOf(price)))];
  });
}

/** A decimal with few places, so that ties happen. */
const decimal = fc
  .tuple(fc.integer({ min: 0, max: 999 }), fc.integer({ min: 0, max: 5 }))
  .map(([digits, places]) => new Decimal(digits).div(10 ** places).toString());

const usageOf = (meter: RatedMeter) => {
  if (meter.peak) return fc.nat(80);
  const units = fc.nat(500).map((n) => n * meter.baseUnits * (meter.perMonth ? (30 * dayMs) / 1000 : 1));
  return fc.oneof(units, fc.nat(5_000_000), fc.maxSafeNat());
};

const story = fc.constantFrom('2026-11', '2026-11-application').chain((version) => {
  const meters = [...ratedMeters.values()].filter((m) => m.meter in planVersionOf('starter', version).prices);
  return fc.record({
    version: fc.constant(version),
    meters: fc.constant(meters),
    start: fc.nat(hourMs - 1).map((ms) => Date.parse('2026-11-20T12:00:00Z') + ms),
    days: fc.constantFrom(28, 30, 31),
    cuts: fc.uniqueArray(fc.integer({ min: 1, max: 27 * 24 }), { maxLength: 4 }),
    plans: fc.array(fc.constantFrom<string>('starter', 'starter', 'professional', 'professional', 'enterprise'), {
      minLength: 5,
      maxLength: 5,
    }),
    usage: fc.array(fc.tuple(...meters.map(usageOf)), { minLength: 5, maxLength: 5 }),
    allowances: fc.dictionary(fc.constantFrom(...meters.map((m) => m.allowance)), fc.option(decimal, { freq: 9 })),
    prices: fc.dictionary(fc.constantFrom(...meters.map((m) => m.meter)), decimal),
  });
});

it('agrees with whole fractions to the cent, whatever is used under whatever plans, prices and allowances', () => {
  fc.assert(
    fc.property(story, ({ version, meters, start, days, cuts, plans, usage, allowances, prices }) => {
      const hour = Math.floor(start / hourMs) * hourMs;
      const edges = [start, ...cuts.toSorted((a, b) => a - b).map((h) => hour + h * hourMs), start + days * dayMs];
      const segments = edges.slice(1).map((end, i): Segment => {
        const used = Object.fromEntries(meters.map(({ meter }, m) => [meter, new Decimal(usage[i]?.[m] ?? 0)]));
        return { start: edges[i] ?? 0, end, plan: planVersionOf(plans[i] ?? 'starter', version), usage: used };
      });
      const overrides = { allowances, prices };
      const rated = rate(segments, overrides);
      const groups = Map.groupBy(meters, (m) => m.allowance).values();
      const expected = [...groups].flatMap((group) => groupCents(group, segments, overrides, days * dayMs));
      const cents = (meter: string) => rated.lines.filter((l) => l.meter === meter).map((l) => l.amount_cents);
      expect(expected.map(([meter]) => [meter, cents(meter)[0] ?? 0])).toEqual(expected);
      expect(expected.every(([meter]) => cents(meter).length <= 1)).toBe(true);
    }),
    { numRuns: 500 },
  );
});
