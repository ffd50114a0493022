/** The arithmetic of money and quantities: decimals of 60 digits, and the one place where an amount becomes cents. */
import { Decimal as Base } from 'decimal.js';

/** Sixty digits hold every product of a price and a period's sum; a quotient that never ends errs in the last of them. */
export const Decimal = Base.clone({ precision: 60, toExpNeg: -60, toExpPos: 60 });
export type Decimal = InstanceType<typeof Decimal>;

export const zero = new Decimal(0);
const centsPerDollar = 100;

/** Coarser than any division's error, finer than the distance of any other amount from a tie at half a cent. */
const settledPlaces = 40;

/** Drops the error of divisions, so that a third times three is one again and a tie is a tie. */
export const settled = (value: Decimal): Decimal => value.toDecimalPlaces(settledPlaces, Base.ROUND_HALF_UP);

/** Dollars as whole cents, half away from zero. Called once a line, never on parts of one. */
export const toCents = (dollars: Decimal): number =>
  settled(dollars).times(centsPerDollar).toDecimalPlaces(0, Base.ROUND_HALF_UP).toNumber();

const shownPlaces = 9;

/** A quantity as answers show it: at most nine places, no trailing zeros. */
export const shown = (value: Decimal): Decimal => value.toDecimalPlaces(shownPlaces, Base.ROUND_HALF_UP);

export const sum = (values: readonly Decimal[]): Decimal => values.reduce((total, v) => total.plus(v), zero);

/** A decimal with its thousands apart, for people: `1,000,000.5`. */
export function grouped(decimal: string): string {
  const [whole = '', fraction] = decimal.split('.');
  const apart = whole.replace(/\B(?=(\d{3})+$)/g, ',');
  return fraction === undefined ? apart : `${apart}.${fraction}`;
}

const readableDollars = '0.01';

/** A price per unit as people can read it: `$0.05`, or of so many units that it is a cent or more: `$0.50 per 1,000,000`. */
export function readablePrice(unitPrice: string): { dollars: string; per: number } {
  const price = new Decimal(unitPrice);
  const isReadable = (per: number): boolean => price.times(per).gte(readableDollars);
  const per = price.isZero() || isReadable(1) ? 1 : isReadable(1000) ? 1000 : 1_000_000;
  const amount = price.times(per);
  return { dollars: `$${grouped(amount.toFixed(Math.max(2, amount.decimalPlaces())))}`, per };
}
