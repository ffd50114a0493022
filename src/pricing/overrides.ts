/** A customer's overrides: from names as people write them to meters, within bounds, and what of them changes nothing. Pure. */
import type { OwnMeter } from '../contracts/own-meters.ts';
import { quantityBounds } from '../contracts/usage.ts';
import { Decimal, sum, zero } from '../lib/decimal.ts';
import { err, ok, type Result } from '../lib/result.ts';
import { hourMs, secondMs } from '../lib/time.ts';
import { quantities } from '../usage/meters.ts';
import { allowanceNamed, baseFeeMeter, metersNamed, ratedMeters } from './meters.ts';
import type { OverrideRow } from './segments.ts';
import { definitionOf, type Overrides, type RatedPlan } from './stretch.ts';

export interface OverrideFault {
  code: 'unknown_meter' | 'validation_failed';
  message: string;
  path: string;
}

/** Decimals by name, as the wire has them. */
export interface WrittenOverrides {
  allowances: Readonly<Record<string, string | null>>;
  prices: Readonly<Record<string, string>>;
}

const unknown = (path: string): OverrideFault => ({
  code: 'unknown_meter',
  message: `${path}: is not an allowance or a meter that is rated`,
  path,
});

const invalid = (path: string, message: string): OverrideFault => ({
  code: 'validation_failed',
  message: `${path}: ${message}`,
  path,
});

const ownNamed = (name: string, own: readonly OwnMeter[]): string | undefined =>
  own.find(({ meter, field }) => meter === name || field === name)?.meter;

function metersMeant(name: string, own: readonly OwnMeter[]): string[] {
  const meter = ownNamed(name, own);
  return meter === undefined ? metersNamed(name) : [meter];
}

/**
 * Names may be a meter, a wire field, or an allowance that meters share; `own` are the operator's meters. Two names for one
 * thing must agree, and no price may be so high that a period could cost more than can be said in whole cents.
 */
export function readOverrides(written: WrittenOverrides, own: readonly OwnMeter[]): Result<Overrides, OverrideFault> {
  const allowances: Record<string, string | null> = {};
  const prices: Record<string, string> = {};
  for (const [name, value] of Object.entries(written.allowances)) {
    const path = `allowances.${name}`;
    const key = ownNamed(name, own) ?? allowanceNamed(name);
    if (key === null) return err(unknown(path));
    if (key in allowances && allowances[key] !== value) return err(differs(path, key));
    allowances[key] = value;
  }
  for (const [name, value] of Object.entries(written.prices)) {
    const path = `prices.${name}`;
    const meters = metersMeant(name, own);
    if (meters.length === 0) return err(unknown(path));
    for (const meter of meters) {
      if (meter in prices && prices[meter] !== value) return err(differs(path, meter));
      const most = priceMax(meter, own);
      if (most.lt(value)) return err(invalid(path, `may be at most ${most.toFixed()} dollars`));
      prices[meter] = value;
    }
  }
  return ok({ allowances, prices });
}

const differs = (path: string, key: string): OverrideFault =>
  invalid(path, `says something else than another name of ${key}`);

/** Nothing that is sold costs more by the unit, dollars. */
const anyPriceMax = new Decimal(1_000_000);
const dollarsMax = new Decimal(Number.MAX_SAFE_INTEGER).div(100);
const hoursOfPeriod = 31 * 24;
const secondsOfHour = hourMs / secondMs;
/** Significant digits of a bound that people are told. */
const boundDigits = 2;

/**
 * The highest price of a meter, dollars by its unit: at it, a namespace that reports the wire's bound in every hour of a month
 * stays below 2^53 cents.
 */
export function priceMax(meter: string, own: readonly OwnMeter[] = []): Decimal {
  const most = unitsMax(meter, own);
  if (most.isZero()) return anyPriceMax;
  return Decimal.min(anyPriceMax, dollarsMax.div(most).toSignificantDigits(boundDigits, Decimal.ROUND_DOWN));
}

/** The most of a meter that a namespace can report in a month, in its unit; 0 of what is not reported. */
function unitsMax(meter: string, own: readonly OwnMeter[]): Decimal {
  const custom = own.find((one) => one.meter === meter);
  if (custom) return new Decimal(quantityBounds[custom.field]).times(custom.adds_up === 'level' ? 1 : hoursOfPeriod);
  const rated = ratedMeters.get(meter);
  if (!rated) return zero;
  // Device-hours are the devices of each hour, added up.
  const measured = quantities.filter((q) => q.meter === (meter === 'device_hours' ? 'device_peak' : meter));
  const bound = sum(measured.map((q) => new Decimal(quantityBounds[q.field]).times(q.baseUnits)));
  if (rated.addsUp === 'level') return bound.div(rated.baseUnits);
  const isAverage = measured.some((q) => q.kind === 'average');
  const inPeriod = bound.times(hoursOfPeriod).times(isAverage ? secondsOfHour : 1);
  return inPeriod.div(rated.baseUnits).div(rated.perMonth ? hoursOfPeriod * secondsOfHour : 1);
}

/** Something that was agreed and changes no bill. */
export interface WithoutEffect {
  /** As it is answered: `allowances.cpu_core_ms`, `prices.api_calls`. */
  name: string;
  reason: string;
  /** ms */
  since: number;
}

/** The plan version that runs, and since when. */
export interface RunningPlan {
  version: RatedPlan;
  since: number;
}

/** What of an agreement changes nothing under the plan that runs, and why. */
export function withoutEffect(row: OverrideRow, { version, since }: RunningPlan): WithoutEffect[] {
  const from = Math.max(row.effectiveAt, since);
  const isOver = row.untilPlanChange && row.plan !== version.plan;
  const over = isOver ? `was agreed for the plan ${row.plan}, and the customer is on ${version.plan}` : null;
  const told = (name: string, reason: string | null): WithoutEffect[] =>
    reason === null ? [] : [{ name, reason, since: from }];
  return [
    ...Object.keys(row.allowances).flatMap((name) =>
      told(`allowances.${name}`, over ?? allowanceIdle(name, row, version)),
    ),
    ...Object.keys(row.prices).flatMap((name) => told(`prices.${name}`, over ?? priceIdle(name, row, version))),
  ];
}

/** Why an allowance of the customer's own changes nothing under a plan; null when it does. */
function allowanceIdle(name: string, { allowances }: Overrides, version: RatedPlan): string | null {
  const draws = Object.keys(version.prices).some((meter) => definitionOf(version, meter)?.allowance === name);
  if (!draws) return `the price list of ${version.name} bills nothing that draws on it`;
  const isUnlimited = version.allowances[name] === 'unlimited' && allowances[name] === null;
  return isUnlimited ? `${version.name} includes everything of it already` : null;
}

/** Why a price of the customer's own changes nothing under a plan; null when it does. */
function priceIdle(meter: string, { allowances }: Overrides, version: RatedPlan): string | null {
  if (meter === baseFeeMeter) {
    return version.interval === 'year' ? `the fee of ${version.name} is invoiced once a year, apart from usage` : null;
  }
  const allowance = definitionOf(version, meter)?.allowance;
  if (!(meter in version.prices) || allowance === undefined)
    return `the price list of ${version.name} does not bill it`;
  const included = allowances[allowance] === undefined ? version.allowances[allowance] : allowances[allowance];
  return included === null || included === 'unlimited' ? 'everything of it is included' : null;
}
