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
