/**
 * How far above a cap a period can come before the instance stands: what is used from the start of a window until its report is in and
 * everything has stopped, at the highest rate of the last 24 hours (decision 5). Computed as if nothing were included any more, so that
 * it holds wherever the cap is reached. Whoever uses faster than in those 24 hours can come further. Pure.
 */
import { Decimal, zero } from '../lib/decimal.ts';
import { allowanceOf, membersOf } from '../pricing/member.ts';
import { isFree, type Price } from '../pricing/price.ts';
import type { Stretch } from '../pricing/stretch.ts';

/**
 * From a window's end until its exporters begin, and from then until the last pod has stopped, seconds. An exporter's own moment, by which
 * a fleet does not come at once (exporter/jitter.ts), takes up to a third of the latter.
 */
const settleSeconds = 120;
const stopSeconds = 90;

/** For how long an instance can use more after the cap is reached, seconds. @param windowSeconds the longest window of its reporters */
export const lateSeconds = (windowSeconds: number): number => windowSeconds + settleSeconds + stopSeconds;

/** The most that `more` of a quantity can cost in dollars, whatever was used before and is included no more. */
function mostOf(price: Price, more: Decimal): Decimal {
  switch (price.kind) {
    case 'per_unit':
      return more.times(price.unitPrice);
    case 'flat':
      return new Decimal(price.amount);
    case 'package':
      return more.div(price.size).ceil().times(price.packagePrice);
    case 'graduated':
      return more.times(dearest(price.tiers));
    case 'volume':
      return more.times(dearest(price.tiers)).plus(jumpsOf(price.tiers));
  }
}

type Tiers = Extract<Price, { kind: 'volume' }>['tiers'];

const dearest = (tiers: Tiers): Decimal => Decimal.max(zero, ...tiers.map(({ unitPrice }) => unitPrice));

/** Where a dearer tier begins, all that was used before becomes dearer at once. */
const jumpsOf = (tiers: Tiers): Decimal =>
  tiers.reduce((sum, { from, unitPrice }, i) => {
    const rise = new Decimal(unitPrice).minus(tiers[i - 1]?.unitPrice ?? unitPrice);
    return rise.gt(0) ? sum.plus(rise.times(from)) : sum;
  }, zero);

/**
 * The most that so much more usage costs, whole cents.
 * @param more the plan that runs, with what more can be used: of sums what is added, of levels what they can rise by
 * @param periodSeconds of the whole period
 */
export function overshootCents(more: Stretch, periodSeconds: number): number {
  return membersOf({ stretches: [more], seconds: periodSeconds }).reduce((cents, { rated, prices, quantities }) => {
    const [price, quantity] = [prices[0]?.price, quantities[0] ?? zero];
    if (price === undefined || isFree(price) || quantity.lte(0)) return cents;
    if (allowanceOf(more, rated.allowance).allowance === 'unlimited') return cents;
    // A cent for what the rounding of a line can add.
    return cents + mostOf(price, quantity).times(100).ceil().toNumber() + 1;
  }, 0);
}
