/**
 * Allowances of a period: pooled over its plans, prorated by seconds and consumed in time order, so that an upgrade never
 * creates overage (spec §3). Pure.
 */

import { Decimal, sum, zero } from '../lib/decimal.ts';
import type { Allowance } from './plan.ts';

const secondsPerHour = 3600;

/** What an allowance grants for `seconds` of a period of `periodSeconds`; null is without limit. */
export function granted(allowance: Allowance | undefined, seconds: number, periodSeconds: number): Decimal | null {
  if (allowance === undefined) return zero;
  if (allowance === 'unlimited') return null;
  if ('perHour' in allowance) return new Decimal(allowance.perHour).times(seconds).div(secondsPerHour);
  return new Decimal(allowance.perPeriod).times(seconds).div(periodSeconds);
}

/**
 * How much of each quantity is included. `used[segment][meter]` are quantities in one unit, segments in time order;
 * `grants[segment]` is what that segment adds to the pool. Within a segment the pool is shared by quantity. Everything up
 * to the end of the last unlimited segment is included and takes nothing from the pool of the others.
 */
export function shareAllowance(
  used: readonly (readonly Decimal[])[],
  grants: readonly (Decimal | null)[],
): Decimal[][] {
  const lastUnlimited = grants.lastIndexOf(null);
  let pool = sum(grants.filter((g) => g !== null));
  return used.map((quantities, segment) => {
    if (segment <= lastUnlimited) return [...quantities];
    const total = sum(quantities);
    if (total.lte(pool)) {
      pool = pool.minus(total);
      return [...quantities];
    }
    const included = pool;
    pool = zero;
    return splitByQuantity(included, quantities, total);
  });
}

/** Shares `included` in proportion; the last takes what is left, so that nothing is lost to division. */
function splitByQuantity(included: Decimal, quantities: readonly Decimal[], total: Decimal): Decimal[] {
  let left = included;
  return quantities.map((quantity, i) => {
    const isLast = i === quantities.length - 1;
    const share = isLast ? left : Decimal.min(included.times(quantity).div(total), left);
    left = left.minus(share);
    return share;
  });
}
