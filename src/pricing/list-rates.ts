/**
 * List rates: what a unit of each meter costs by a price list's first tier, without allowances and fee, for comparing what
 * projects use, whoever pays. Pure. Exact: a rate is a fraction of whole numbers, because an hour of a month's storage has
 * no end as a decimal.
 *
 * A flat price has no unit and a level (devices) is a month's highest: neither belongs to a project and an hour, so neither
 * is part of list rates.
 */
import { Decimal } from '../lib/decimal.ts';
import { quantities } from '../usage/meters.ts';
import { ratedMeters } from './meters.ts';
import type { PlanVersion } from './plan.ts';
import type { Price } from './price.ts';

/** The list whose rates organisations see. */
export const infrastructureList = 'infrastructure';

export interface ListRate {
  meter: string;
  description: string;
  unit: string;
  /** Stored base units in one unit; for `perMonth` in one unit held for one second. */
  baseUnits: number;
  perMonth: boolean;
  /** The stored columns that are added for the meter. */
  columns: readonly string[];
  /** Cents a base unit; for `perMonth` still to be divided by the month's seconds. */
  cents: Fraction;
}

export interface Fraction {
  over: bigint;
  under: bigint;
}

const centsPerDollar = 100;

/** Dollars a unit in the first tier; null where a price has none. */
function firstTierPrice(price: Price): Fraction | null {
  switch (price.kind) {
    case 'per_unit':
      return fractionOf(price.unitPrice);
    case 'graduated':
    case 'volume':
      return price.tiers[0] ? fractionOf(price.tiers[0].unitPrice) : null;
    case 'package': {
      const [dollars, size] = [fractionOf(price.packagePrice), fractionOf(price.size)];
      return { over: dollars.over * size.under, under: dollars.under * size.over };
    }
    case 'flat':
      return null;
  }
}

function fractionOf(decimal: string): Fraction {
  const value = new Decimal(decimal);
  const places = value.decimalPlaces();
  return { over: BigInt(value.times(Decimal.pow(10, places)).toFixed()), under: 10n ** BigInt(places) };
}

/** The rates of the list that a plan version uses, in the catalogue's order, the operator's own meters last. */
export function listRatesOf({ prices, ownMeters }: Pick<PlanVersion, 'prices' | 'ownMeters'>): ListRate[] {
  const own = Object.values(ownMeters).map((meter) => ({ rated: meter, fields: [meter.field as string] }));
  const known = [...ratedMeters.values()].map((rated) => ({
    rated,
    fields: quantities.filter((q) => q.meter === rated.meter).map((q) => q.field as string),
  }));
  return [...known, ...own].flatMap(({ rated, fields }) => {
    const { meter, description, unit, baseUnits, perMonth, addsUp } = rated;
    const columns = quantities.filter((q) => fields.includes(q.field)).map((q) => q.column);
    const price = prices[meter];
    const dollars = price ? firstTierPrice(price) : null;
    if (dollars === null || addsUp === 'level' || columns.length === 0) return [];
    const cents = { over: dollars.over * BigInt(centsPerDollar), under: dollars.under * BigInt(baseUnits) };
    return [{ meter, description, unit, baseUnits, perMonth, columns, cents: lowest(cents) }];
  });
}

/** In lowest terms, so that the numbers of a sum stay small. */
function lowest({ over, under }: Fraction): Fraction {
  let [a, b] = [over, under];
  while (b !== 0n) [a, b] = [b, a % b];
  return a === 0n ? { over: 0n, under: 1n } : { over: over / a, under: under / a };
}

/** Cents a base unit in a month of so many seconds. */
export const centsIn = ({ cents, perMonth }: ListRate, monthSeconds: number): Fraction =>
  perMonth ? lowest({ over: cents.over, under: cents.under * BigInt(monthSeconds) }) : cents;

/** Whole cents, half up. */
const rounded = ({ over, under }: Fraction): number => Number((2n * over + under) / (2n * under));

/** Whole cents of some base units. */
export const centsOfUnits = (units: bigint, { over, under }: Fraction): number =>
  rounded({ over: units * over, under });

/** Whole cents of base units at a price each, rounded once for all of them. */
export const centsOfSum = (parts: readonly { units: bigint; price: Fraction }[]): number =>
  rounded(
    parts.reduce(
      (sum, { units, price }) => ({
        over: sum.over * price.under + units * price.over * sum.under,
        under: sum.under * price.under,
      }),
      { over: 0n, under: 1n },
    ),
  );
