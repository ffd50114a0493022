/** A bill of the product beside the oracle's, line by line. */
import type { Line } from '../../src/pricing/line.ts';
import { cents, equal, type Fraction, isTie, minus, parse, times, total, whole } from './fraction.ts';
import type { Bill } from './product.ts';
import { type TrueLine, truthOf } from './rating.ts';
import type { Story } from './story.ts';

export interface Comparison {
  lines: number;
  /** Lines whose amount lies half-way between two cents. */
  ties: number;
  /** What is not as it should be, in words; empty when all is. */
  differences: string[];
}

/** Quotients that never end are cut after sixty digits. */
const closeEnough = 10n ** 40n;

function isClose(a: Fraction, b: Fraction): boolean {
  const apart = times(minus(a, b), whole(closeEnough));
  return (apart.n < 0n ? -apart.n : apart.n) < apart.d;
}

/** What an allowance was, as the line's reason says it. */
function allowanceOf({ why }: Line): string | null {
  if (why.kind === 'pool') return why.size.toFixed();
  return why.kind === 'level' ? why.included.toFixed() : null;
}

function elsewhereOf({ why }: Line): Fraction {
  if (why.kind !== 'pool' && why.kind !== 'level') return whole(0);
  return total(why.others.map((other) => parse(other.quantity.toFixed())));
}

function differencesOf(line: Line, truth: TrueLine): string[] {
  const allowance = allowanceOf(line);
  const facts: [string, boolean][] = [
    ['from', line.from === truth.from],
    ['to', line.to === truth.to],
    ['quantity', isClose(parse(line.quantity.toFixed()), truth.quantity)],
    ['included', isClose(parse(line.included.toFixed()), truth.included)],
    ['billable', isClose(parse(line.billable.toFixed()), truth.billable)],
    ['unit price', equal(parse(line.unitPrice), truth.unitPrice)],
    ['amount', BigInt(line.amountCents) === cents(truth.dollars)],
    ['own price', line.ownPrice === truth.ownPrice],
    [
      'allowance',
      allowance === null || truth.allowance === null
        ? allowance === truth.allowance
        : isClose(parse(allowance), truth.allowance),
    ],
    ['taken elsewhere', truth.allowance === null || isClose(elsewhereOf(line), truth.elsewhere)],
  ];
  return facts.filter(([, right]) => !right).map(([name]) => `${line.id}: ${name}`);
}

/** Compares both bills of a story; a product that throws differs. */
export function compare(bill: Bill, story: Story): Comparison {
  const truth = truthOf(story);
  const ties = truth.filter((line) => isTie(line.dollars)).length;
  let rated: ReturnType<Bill>;
  try {
    rated = bill(story);
  } catch (error) {
    return { lines: truth.length, ties, differences: [`the product threw ${String(error)}`] };
  }
  const lines = new Map(rated.lines.map((line) => [line.id, line]));
  const ids = new Set(truth.map((line) => line.id));
  const sum = truth.reduce((all, line) => all + cents(line.dollars), 0n);
  return {
    lines: truth.length,
    ties,
    differences: [
      ...(lines.size === rated.lines.length ? [] : ['two lines have one id']),
      ...rated.lines.filter((line) => !ids.has(line.id)).map((line) => `${line.id}: should not be there`),
      ...truth.flatMap((line) => {
        const found = lines.get(line.id);
        return found ? differencesOf(found, line) : [`${line.id}: is not there`];
      }),
      ...(BigInt(rated.totalCents) === sum ? [] : ['the total']),
    ],
  };
}
