/**
 * What the oracle reads of a text of plans.yaml: fees, allowances and prices of each plan, as docs/plans.md explains the file. Owns its
 * own reading of it; the product's is not used.
 */
import { parse } from 'yaml';
import { decimal, div, type Fraction, isSame, mul, of } from './fraction.ts';

export type Tier = { from: Fraction; to: Fraction | null; price: Fraction };

/** A price, all of it for one unit of the meter. */
export type Price =
  | { kind: 'unit'; price: Fraction }
  | { kind: 'flat'; amount: Fraction }
  | { kind: 'package'; size: Fraction; price: Fraction }
  | { kind: 'graduated' | 'volume'; tiers: Tier[] };

export type Allowance = 'unlimited' | { perHour: Fraction } | { perPeriod: Fraction };

export interface OraclePlan {
  /** `starter/v1` */
  name: string;
  plan: string;
  version: string;
  order: number;
  feeCents: number;
  annualCents: number | null;
  allowances: Record<string, Allowance>;
  prices: Record<string, Price>;
}

type Words = Record<string, unknown>;
const number = (value: unknown): Fraction => decimal(String(value));
const wordsOf = (value: unknown): Words => (value ?? {}) as Words;

function tiersOf(list: unknown, per: Fraction): Tier[] {
  return (list as Words[]).map(({ from, to, price }) => ({
    from: mul(number(from), per),
    to: to === undefined ? null : mul(number(to), per),
    price: div(number(price), per),
  }));
}

function priceOf(words: Words): Price {
  if (words['flat'] !== undefined) return { kind: 'flat', amount: number(words['flat']) };
  const [count = ''] = String(words['per']).split(' ');
  const per = /^\d+$/.test(count) ? decimal(count) : of(1);
  if (words['package'] !== undefined) {
    return { kind: 'package', size: mul(number(words['package']), per), price: number(words['price']) };
  }
  for (const kind of ['graduated', 'volume'] as const) {
    if (words[kind] !== undefined) return { kind, tiers: tiersOf(words[kind], per) };
  }
  return { kind: 'unit', price: div(number(words['price']), per) };
}

function allowanceOf(value: unknown): Allowance {
  if (value === 'unlimited') return 'unlimited';
  const words = wordsOf(value);
  return words['per_hour'] === undefined
    ? { perPeriod: number(words['per_period']) }
    : { perHour: number(words['per_hour']) };
}

const eachOf = <T>(value: unknown, read: (words: unknown) => T): Record<string, T> =>
  Object.fromEntries(Object.entries(wordsOf(value)).map(([name, words]) => [name, read(words)]));

const centsOf = (dollars: unknown): number => Math.round(Number(dollars) * 100);

/** The plans of a file. */
export function plansIn(yaml: string): OraclePlan[] {
  const file = parse(yaml) as Words;
  const lists = wordsOf(file['lists']);
  return Object.entries(wordsOf(file['plans'])).map(([plan, value]) => {
    const words = wordsOf(value);
    const version = String(words['version'] ?? file['version']);
    return {
      name: `${plan}/${version}`,
      plan,
      version,
      order: Number(words['order']),
      feeCents: centsOf(words['fee']),
      annualCents: words['annual_fee'] === undefined ? null : centsOf(words['annual_fee']),
      allowances: eachOf(words['allowances'], allowanceOf),
      prices: eachOf(lists[String(words['list'])], (one) => priceOf(wordsOf(one))),
    };
  });
}

const partsOf = (price: Price): Fraction[] => {
  if (price.kind === 'unit') return [price.price];
  if (price.kind === 'flat') return [price.amount];
  if (price.kind === 'package') return [price.size, price.price];
  return price.tiers.flatMap((tier) => [tier.from, tier.price]);
};

/** Whether two prices say the same. */
export function isSamePrice(a: Price, b: Price): boolean {
  const [left, right] = [partsOf(a), partsOf(b)];
  return (
    a.kind === b.kind && left.length === right.length && left.every((part, i) => isSame(part, right[i] as Fraction))
  );
}
