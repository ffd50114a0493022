/**
 * Allowances of a period: pooled over its plans, prorated by seconds and consumed in time order, so that an upgrade never
 * creates overage. A stretch without limit covers its own use only (spec §3). Pure.
 */

import { Decimal, sum, zero } from '../lib/decimal.ts';
import type { Allowance } from './plan.ts';

const secondsPerHour = 3600;

/** An allowance as one stretch has it; undefined includes nothing. */
export interface StretchAllowance {
  allowance: Allowance | undefined;
  seconds: number;
}

/** What a stretch does to the pool: whether all its own use is included, and what it adds. */
export interface Grant {
  unlimited: boolean;
  adds: Decimal;
}

/** What a limited allowance includes in `seconds` of a period of `periodSeconds`. */
function granted(allowance: Exclude<Allowance, 'unlimited'> | undefined, seconds: number, periodSeconds: number) {
  if (allowance === undefined) return zero;
  if ('perHour' in allowance) return new Decimal(allowance.perHour).times(seconds).div(secondsPerHour);
  return new Decimal(allowance.perPeriod).times(seconds).div(periodSeconds);
}

/**
 * The grants of stretches in time order. One without limit adds what the nearest limited stretch before it (after it, when
 * none is before) would have added for its seconds; where none is limited, nothing is added or needed.
 */
export function grantsOf(stretches: readonly StretchAllowance[], periodSeconds: number): Grant[] {
  const isLimited = ({ allowance }: StretchAllowance): boolean => allowance !== 'unlimited';
  return stretches.map((stretch, i) => {
    const unlimited = !isLimited(stretch);
    const model = unlimited
      ? (stretches.slice(0, i).findLast(isLimited) ?? stretches.slice(i + 1).find(isLimited))
      : stretch;
    if (model === undefined || model.allowance === 'unlimited') return { unlimited, adds: zero };
    return { unlimited, adds: granted(model.allowance, stretch.seconds, periodSeconds) };
  });
}

/**
 * How much of each quantity is included. `used[stretch][meter]` are quantities in one unit, stretches in time order. Within a
 * stretch the pool is shared by quantity; a stretch without limit takes nothing from it.
 */
export function shareAllowance(used: readonly (readonly Decimal[])[], grants: readonly Grant[]): Decimal[][] {
  let pool = sum(grants.map((grant) => grant.adds));
  return used.map((quantities, i) => {
    const total = sum(quantities);
    if (grants[i]?.unlimited) return [...quantities];
    if (total.lte(pool)) {
      pool = pool.minus(total);
      return [...quantities];
    }
    const included = pool;
    pool = zero;
    return splitByQuantity(included, quantities, total);
  });
}

/** Shares `included`, less than `total`, in proportion; the last takes what is left, so that nothing is lost to division. */
export function splitByQuantity(included: Decimal, quantities: readonly Decimal[], total: Decimal): Decimal[] {
  let left = included;
  return quantities.map((quantity, i) => {
    const isLast = i === quantities.length - 1;
    const share = isLast ? left : Decimal.min(included.times(quantity).div(total), left);
    left = left.minus(share);
    return share;
  });
}
