/**
 * A stretch: a part of a billing period under one plan version and one set of overrides, with what was used in it. Which
 * stretches a period has is cut in segments.ts; neighbours that differ in nothing are one stretch (spec §3). Pure.
 */
import { Decimal, zero } from '../lib/decimal.ts';
import type { Period } from '../periods/period.ts';
import { type RatedMeter, ratedMeters } from './meters.ts';
import type { PlanVersion } from './plan.ts';

/** What is a customer's own, in the units of the lines: an allowance of null is without limit, a price is per unit. */
export interface Overrides {
  allowances: Readonly<Record<string, string | null>>;
  prices: Readonly<Record<string, string>>;
}

export const noOverrides: Overrides = { allowances: {}, prices: {} };

/** What rating needs to know of a plan version. */
export type RatedPlan = Pick<
  PlanVersion,
  'plan' | 'version' | 'name' | 'fee' | 'interval' | 'annualFee' | 'allowances' | 'prices' | 'ownMeters'
>;

/** Times in ms. `usage` in stored base units by meter; of a level its highest in the stretch. */
export interface Stretch extends Period {
  plan: RatedPlan;
  overrides: Overrides;
  usage: Readonly<Record<string, Decimal>>;
}

const msPerSecond = 1000;

/** Seconds of some stretches; ms are added first, because fractions of seconds do not add up exactly. */
export const secondsOf = (...stretches: readonly Period[]): number =>
  stretches.reduce((ms, s) => ms + (s.end - s.start), 0) / msPerSecond;

/** How a plan version bills a meter, null when it is neither built in nor the version's own. */
export const definitionOf = (plan: RatedPlan, meter: string): RatedMeter | null =>
  ratedMeters.get(meter) ?? plan.ownMeters[meter] ?? null;

/** A level meter, and the column of the windows that holds it. */
export interface Level {
  meter: string;
  column: string;
}

/**
 * The level meters whose windows a plan's rating needs: those that it prices, and devices where it prices only the hours
 * that are derived from them.
 */
export function levelsOf(plan: RatedPlan): Level[] {
  const priced = Object.keys(plan.prices).map((meter) => (meter === 'device_hours' ? 'device_peak' : meter));
  return [...new Set(priced)]
    .filter((meter) => definitionOf(plan, meter)?.addsUp === 'level')
    .map((meter) => ({ meter, column: plan.ownMeters[meter]?.field ?? meter }));
}

/** Whether two sets of overrides say the same, however their decimals are written. */
export const sameOverrides = (a: Overrides, b: Overrides): boolean =>
  sameValues(a.allowances, b.allowances) && sameValues(a.prices, b.prices);

type Values = Readonly<Record<string, string | null>>;

function sameValues(a: Values, b: Values): boolean {
  const names = Object.keys(a);
  return (
    names.length === Object.keys(b).length && names.every((name) => Object.hasOwn(b, name) && same(a[name], b[name]))
  );
}

const same = (a: string | null | undefined, b: string | null | undefined): boolean =>
  a === b || (typeof a === 'string' && typeof b === 'string' && new Decimal(a).eq(b));

/** Joins neighbours that `alike` holds for, in order. */
export function joined<T>(items: readonly T[], alike: (a: T, b: T) => boolean, join: (a: T, b: T) => T): T[] {
  const runs: T[] = [];
  for (const item of items) {
    const last = runs.at(-1);
    if (last !== undefined && alike(last, item)) runs[runs.length - 1] = join(last, item);
    else runs.push(item);
  }
  return runs;
}

/** Neighbours of one plan version and equal overrides as one stretch: its sums are added, its levels the highest. */
export const mergeStretches = (stretches: readonly Stretch[]): Stretch[] =>
  joined(
    stretches,
    (a, b) =>
      a.plan.plan === b.plan.plan && a.plan.version === b.plan.version && sameOverrides(a.overrides, b.overrides),
    (a, b) => ({ ...a, end: b.end, usage: usageOfBoth(a, b) }),
  );

function usageOfBoth(a: Stretch, b: Stretch): Record<string, Decimal> {
  const usage: Record<string, Decimal> = { ...a.usage };
  for (const [meter, quantity] of Object.entries(b.usage)) {
    const before = usage[meter] ?? zero;
    const isLevel = definitionOf(a.plan, meter)?.addsUp === 'level';
    usage[meter] = isLevel ? Decimal.max(before, quantity) : before.plus(quantity);
  }
  return usage;
}
