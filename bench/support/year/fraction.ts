/** Exact fractions for the oracle of the year, in lowest terms, the denominator above 0. Imports nothing. */

export type Fraction = readonly [over: bigint, under: bigint];

function divisor(a: bigint, b: bigint): bigint {
  let [x, y] = [a < 0n ? -a : a, b];
  while (y !== 0n) [x, y] = [y, x % y];
  return x;
}

const lowest = (over: bigint, under: bigint): Fraction => {
  const by = divisor(over, under);
  return by === 0n ? [0n, 1n] : [over / by, under / by];
};

export const of = (whole: number | bigint): Fraction => [BigInt(whole), 1n];
export const zero = of(0);
export const add = (a: Fraction, b: Fraction): Fraction => lowest(a[0] * b[1] + b[0] * a[1], a[1] * b[1]);
export const take = (a: Fraction, b: Fraction): Fraction => lowest(a[0] * b[1] - b[0] * a[1], a[1] * b[1]);
export const mul = (a: Fraction, b: Fraction): Fraction => lowest(a[0] * b[0], a[1] * b[1]);
export const div = (a: Fraction, b: Fraction): Fraction =>
  b[0] < 0n ? lowest(-a[0] * b[1], a[1] * -b[0]) : lowest(a[0] * b[1], a[1] * b[0]);
export const isLess = (a: Fraction, b: Fraction): boolean => a[0] * b[1] < b[0] * a[1];
export const isSame = (a: Fraction, b: Fraction): boolean => a[0] === b[0] && a[1] === b[1];
export const least = (a: Fraction, b: Fraction): Fraction => (isLess(b, a) ? b : a);
export const most = (a: Fraction, b: Fraction): Fraction => (isLess(a, b) ? b : a);
export const sum = (all: readonly Fraction[]): Fraction => all.reduce(add, zero);
/** The least whole number that is not below; of what is 0 or more. */
export const up = (a: Fraction): Fraction => of((a[0] + a[1] - 1n) / a[1]);

/** What a decimal says: `12.50`. */
export function decimal(text: string): Fraction {
  const [whole = '', places = ''] = text.split('.');
  return lowest(BigInt(whole + places), 10n ** BigInt(places.length));
}

/** Whole cents of dollars, half away from zero. */
export function centsOf(dollars: Fraction): number {
  const [over, under] = mul(dollars, of(100));
  const size = ((over < 0n ? -over : over) * 2n + under) / (2n * under);
  return Number(over < 0n ? -size : size);
}
