/** Exact fractions of whole numbers, for arithmetic that cannot round. */

/** Numerator and denominator in lowest terms, the latter above 0. */
export interface Fraction {
  n: bigint;
  d: bigint;
}

const gcd = (a: bigint, b: bigint): bigint => (b === 0n ? (a < 0n ? -a : a) : gcd(b, a % b));

function make(n: bigint, d: bigint): Fraction {
  const by = gcd(n, d) * (d < 0n ? -1n : 1n);
  return by === 0n ? { n: 0n, d: 1n } : { n: n / by, d: d / by };
}

export const whole = (n: number | bigint): Fraction => ({ n: BigInt(n), d: 1n });
export const none = whole(0);
export const plus = (a: Fraction, b: Fraction): Fraction => make(a.n * b.d + b.n * a.d, a.d * b.d);
export const minus = (a: Fraction, b: Fraction): Fraction => make(a.n * b.d - b.n * a.d, a.d * b.d);
export const times = (a: Fraction, b: Fraction): Fraction => make(a.n * b.n, a.d * b.d);
export const over = (a: Fraction, b: Fraction): Fraction => make(a.n * b.d, a.d * b.n);
export const less = (a: Fraction, b: Fraction): boolean => a.n * b.d < b.n * a.d;
export const equal = (a: Fraction, b: Fraction): boolean => a.n * b.d === b.n * a.d;
export const least = (a: Fraction, b: Fraction): Fraction => (less(a, b) ? a : b);
export const most = (a: Fraction, b: Fraction): Fraction => (less(a, b) ? b : a);
export const total = (all: readonly Fraction[]): Fraction => all.reduce(plus, none);

/** The fraction that a decimal says, e.g. `12.50`. */
export function parse(decimal: string): Fraction {
  const [, sign = '', digits = '', places = ''] = /^(-?)(\d+)(?:\.(\d*))?$/.exec(decimal) ?? [];
  if (digits === '') throw new Error(`${decimal} is no decimal`);
  const n = BigInt(digits + places);
  return make(sign === '-' ? -n : n, 10n ** BigInt(places.length));
}

/** The least whole number that is not below; of what is 0 or more. */
export const ceiling = ({ n, d }: Fraction): bigint => (n + d - 1n) / d;

/** Whole cents of dollars, half away from zero. */
export function cents(dollars: Fraction): bigint {
  const { n, d } = times(dollars, whole(100));
  const size = ((n < 0n ? -n : n) * 2n + d) / (2n * d);
  return n < 0n ? -size : size;
}

/** Whether an amount of dollars lies half-way between two cents. */
export const isTie = (dollars: Fraction): boolean => times(dollars, whole(100)).d === 2n;
