/**
 * A meter as a period's stretches price it: the quantity and price of each. Meters of one name whose definitions differ are
 * two, because their quantities cannot be added. Pure.
 */
import { type Decimal, zero } from '../lib/decimal.ts';
import type { RatedMeter } from './meters.ts';
import type { Allowance } from './plan.ts';
import type { Price } from './price.ts';
import { definitionOf, type Stretch } from './stretch.ts';

/** A period whose neighbouring stretches differ. */
export interface RatedPeriod {
  stretches: readonly Stretch[];
  seconds: number;
}

export interface Member {
  rated: RatedMeter;
  /** By stretch; null where the list does not price the meter, which is not billed there. */
  prices: readonly (MemberPrice | null)[];
  /** By stretch, in the meter's unit; 0 where the meter has no price. */
  quantities: readonly Decimal[];
}

export interface MemberPrice {
  price: Price;
  /** Whether it is the customer's own. */
  own: boolean;
}

/** The meters that any stretch prices, in the order of the price lists. */
export function membersOf({ stretches, seconds }: RatedPeriod): Member[] {
  const meters = new Map<string, RatedMeter>();
  for (const { plan } of stretches) {
    for (const name of Object.keys(plan.prices)) {
      const rated = definitionOf(plan, name);
      if (!rated) throw new Error(`${plan.plan} ${plan.version} prices ${name}, which is no meter`);
      meters.set(definitionKey(rated), rated);
    }
  }
  return [...meters].map(([key, rated]) => {
    const prices = stretches.map((stretch) => priceOf(stretch, rated.meter, key));
    const quantities = stretches.map(({ usage }, s) => {
      if (prices[s] === null) return zero;
      return (usage[rated.meter] ?? zero).div(rated.baseUnits).div(rated.perMonth ? seconds : 1);
    });
    return { rated, prices, quantities };
  });
}

const definitionKey = ({ meter, unit, baseUnits, perMonth, addsUp, allowance }: RatedMeter): string =>
  JSON.stringify([meter, unit, baseUnits, perMonth, addsUp, allowance]);

function priceOf({ plan, overrides }: Stretch, meter: string, key: string): MemberPrice | null {
  const listed = plan.prices[meter];
  const rated = definitionOf(plan, meter);
  if (listed === undefined || rated === null || definitionKey(rated) !== key) return null;
  const own = overrides.prices[meter];
  return own === undefined ? { price: listed, own: false } : { price: { kind: 'per_unit', unitPrice: own }, own: true };
}

/** What a stretch includes by the name of an allowance, and whether that is the customer's own. */
export function allowanceOf(
  { plan, overrides }: Stretch,
  name: string,
): { allowance: Allowance | undefined; own: boolean } {
  const own = overrides.allowances[name];
  if (own === undefined) return { allowance: plan.allowances[name], own: false };
  return { allowance: own === null ? 'unlimited' : { perPeriod: own }, own: true };
}
