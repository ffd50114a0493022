/** Seeded random stories: all forms of price, shared allowances, levels, plans without limit, overrides, cuts and ties. */

import type { OwnField } from '../../src/contracts/own-meters.ts';
import { type RatedMeter, ratedMeters } from '../../src/pricing/meters.ts';
import type { Allowance, OwnRatedMeter, PlanVersion } from '../../src/pricing/plan.ts';
import type { Price } from '../../src/pricing/price.ts';
import type { OverrideRow, PlanChange } from '../../src/pricing/segments.ts';
import type { RatedPlan } from '../../src/pricing/stretch.ts';
import { Draw, rewritten } from './draw.ts';
import type { Hour, Story } from './story.ts';

const hourMs = 3_600_000;
const dayMs = 24 * hourMs;

/** The operator's own meters of every story: a sum, a level, and a second sum that shares its allowance with the first. */
const own = (meter: OwnField, more: Partial<RatedMeter>): OwnRatedMeter => ({
  field: meter,
  meter,
  description: meter,
  unit: 'thing',
  baseUnits: 1,
  perMonth: false,
  addsUp: 'sum',
  allowance: meter,
  ...more,
});
const ownMeters: PlanVersion['ownMeters'] = {
  custom_1: own('custom_1', { baseUnits: 7, allowance: 'custom' }),
  custom_2: own('custom_2', { addsUp: 'level' }),
  custom_3: own('custom_3', { baseUnits: 3, perMonth: true, allowance: 'custom' }),
};

const infrastructure = [
  'cpu_core_ms',
  'storage_mib_s',
  'network_sent_bytes',
  'network_received_bytes',
  'ingress_requests',
  'vm_s',
];
const application = ['api_calls', 'mqtt_bytes', 'http_bytes', 'device_peak', 'device_hours'];

export const meterOf = (meter: string): RatedMeter => ratedMeters.get(meter) ?? (ownMeters[meter] as RatedMeter);

function priceOf(draw: Draw): Price {
  const kind = draw.pick(['per_unit', 'per_unit', 'per_unit', 'flat', 'package', 'graduated', 'volume'] as const);
  switch (kind) {
    case 'per_unit':
      return { kind, unitPrice: draw.chance(0.15) ? draw.pick(['0', '0.0', '0.00']) : draw.decimal() };
    case 'flat':
      return { kind, amount: draw.decimal() };
    case 'package':
      return { kind, size: String(draw.int(1, 20)), packagePrice: draw.decimal() };
    case 'graduated':
    case 'volume': {
      const edges = [0, ...Array.from({ length: draw.int(1, 3) }, () => draw.int(1, 40))];
      const sums = edges.map((_, i) => edges.slice(0, i + 1).reduce((a, b) => a + b, 0));
      return {
        kind,
        tiers: sums.map((from, i) => ({
          from: String(from),
          to: i + 1 < sums.length ? String(sums[i + 1]) : null,
          unitPrice: draw.decimal(),
        })),
      };
    }
  }
}

function allowanceOf(draw: Draw, meter: RatedMeter): Allowance | undefined {
  if (draw.chance(0.2)) return undefined;
  if (draw.chance(0.15)) return 'unlimited';
  if (meter.addsUp === 'sum' && draw.chance(0.3)) return { perHour: draw.decimal(99) };
  return { perPeriod: draw.chance(0.6) ? String(draw.int(0, 60)) : draw.decimal() };
}

const allowancesOf = (draw: Draw, meters: readonly string[]): Record<string, Allowance> => {
  if (draw.chance(0.15)) return Object.fromEntries(meters.map((meter) => [meterOf(meter).allowance, 'unlimited']));
  const drawn = meters.map((meter) => [meterOf(meter).allowance, allowanceOf(draw, meterOf(meter))] as const);
  return Object.fromEntries(drawn.filter((one): one is [string, Allowance] => one[1] !== undefined));
};

/** A version like another: some prices as they were, some in other writing, some new; its own allowances. */
function versionFrom(draw: Draw, before: RatedPlan | null, meters: readonly string[], name: string): RatedPlan {
  const prices = meters.map((meter): [string, Price] => {
    const old = before?.prices[meter];
    if (old === undefined || draw.chance(0.3)) return [meter, priceOf(draw)];
    if (old.kind === 'per_unit' && draw.chance(0.5)) return [meter, { ...old, unitPrice: rewritten(old.unitPrice) }];
    return [meter, old];
  });
  return {
    plan: draw.chance(0.2) && before ? before.plan : name,
    version: name,
    name,
    fee: draw.decimal(),
    interval: draw.chance(0.1) ? 'year' : 'month',
    prices: Object.fromEntries(prices.filter(() => draw.chance(0.95))),
    allowances: allowancesOf(draw, meters),
    ownMeters,
  };
}

function changesOf(draw: Draw, plans: readonly RatedPlan[], start: number, end: number): PlanChange[] {
  const later = Array.from({ length: draw.int(0, 5) }, () => draw.int(start - 3 * dayMs, end + dayMs));
  const near = later.flatMap((at) => (draw.chance(0.2) ? [at, at + draw.int(0, hourMs)] : [at]));
  return [start - 10 * dayMs, ...near]
    .toSorted((a, b) => a - b)
    .map((effectiveAt) => {
      const { plan, version } = draw.pick(plans);
      return { effectiveAt, plan, planVersion: version };
    });
}

function rowsOf(draw: Draw, plans: readonly RatedPlan[], meters: readonly string[], start: number, end: number) {
  const times = Array.from({ length: draw.int(0, 3) }, () =>
    draw.chance(0.3) ? 0 : draw.int(start - dayMs, end + dayMs),
  );
  let before: OverrideRow | null = null;
  return times
    .toSorted((a, b) => a - b)
    .map((effectiveAt): OverrideRow => {
      const names = [...new Set(draw.some(meters, 0.3).map((meter) => meterOf(meter).allowance))];
      const fresh = {
        allowances: Object.fromEntries(names.map((name) => [name, draw.chance(0.15) ? null : draw.decimal()])),
        prices: Object.fromEntries(
          [...draw.some(meters, 0.2), ...draw.some(['base_fee'], 0.2)].map((m) => [m, draw.decimal()]),
        ),
      };
      const again = before && {
        allowances: before.allowances,
        prices: Object.fromEntries(Object.entries(before.prices).map(([m, price]) => [m, rewritten(price)])),
      };
      const row = {
        effectiveAt,
        ...(again && draw.chance(0.3) ? again : fresh),
        plan: draw.pick(plans).plan,
        untilPlanChange: draw.chance(0.5),
      };
      before = row;
      return row;
    });
}

/** Whole base units: round units, tenths of them (which make ties), or anything. */
function baseOf(draw: Draw, meter: RatedMeter, seconds: number): bigint {
  if (meter.addsUp === 'level') return BigInt(draw.int(0, 80));
  const unit = BigInt(meter.baseUnits) * (meter.perMonth ? BigInt(seconds) : 1n);
  const kind = draw.int(0, 3);
  if (kind === 0) return unit * BigInt(draw.int(0, 60));
  if (kind === 1) return (unit * BigInt(draw.int(0, 300))) / 10n;
  if (kind === 2) return (unit * BigInt(draw.int(0, 1_000_000))) / BigInt(draw.int(1, 30_000));
  return draw.chance(0.5) ? 0n : (unit * BigInt(draw.int(0, 2 ** 31))) / 1000n;
}

function hoursOf(draw: Draw, meters: readonly string[], start: number, end: number): Hour[] {
  const first = Math.floor(start / hourMs) + 1;
  const last = Math.floor(end / hourMs);
  const ends = new Set(Array.from({ length: draw.int(0, 8) }, () => draw.int(first, last) * hourMs));
  const seconds = (end - start) / 1000;
  return [...ends]
    .toSorted((a, b) => a - b)
    .map((at) => ({
      end: at,
      usage: Object.fromEntries(draw.some(meters, 0.6).map((meter) => [meter, baseOf(draw, meterOf(meter), seconds)])),
    }));
}

/** The story of a seed; the same seed tells the same story. */
export function storyOf(seed: number): Story {
  const draw = new Draw(seed);
  const day = Date.parse('2026-11-20T12:00:00Z');
  const start = day + (draw.chance(0.5) ? 0 : draw.int(0, hourMs - 1));
  const kind = draw.pick(['paid', 'paid', 'paid', 'trial', 'manual'] as const);
  const end = start + (kind === 'trial' ? 14 : draw.int(28, 31)) * dayMs;
  const list = draw.chance(0.5) ? infrastructure : application;
  const meters = [...draw.some(list, 0.7), ...draw.some(Object.keys(ownMeters), 0.4)];
  const plans: RatedPlan[] = [];
  for (let i = draw.int(1, 4); i > 0; i--) plans.push(versionFrom(draw, plans.at(-1) ?? null, meters, `plan-${i}`));
  return {
    seed,
    period: { start, end, kind },
    plans,
    changes: changesOf(draw, plans, start, end),
    rows: rowsOf(draw, plans, meters, start, end),
    hours: hoursOf(draw, meters, start, end),
  };
}
