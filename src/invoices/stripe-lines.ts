/**
 * Our lines as Stripe gets them. An invoice there holds 250: of more than we may use the largest stay lines, and the rest is one
 * line a meter (decision 8). The same lines always make the same call. Pure.
 */
import { iso, secondMs } from '../lib/time.ts';
import type { LinePart } from './line-parts.ts';

/** A line of ours, as far as Stripe needs it. */
interface OurLine {
  id: string;
  lineId: string;
  identity: string;
  meter: string;
  amountCents: number;
  description: string;
  periodStart: number | null;
  periodEnd: number | null;
  deltaOf: string | null;
}

/** A line at Stripe that stands for one or more of ours. */
export interface StripeLineInput {
  /** What it is found by again: in its metadata. */
  mark: string;
  /** Which of ours it stands for. */
  ids: readonly string[];
  /** The same, as its metadata says it. */
  parts: readonly LinePart[];
  amountCents: number;
  description: string;
  /** Unix seconds, both of them in it. */
  start: number;
  end: number;
}

/** Stripe's own lines are on the invoice as well. */
const linesMax = 240;
const aloneMax = 200;

const secondsOf = (ms: number): number => Math.floor(ms / secondMs);

/** A period ends for Stripe with its last second. */
const spanOf = (start: number, end: number) => ({
  start: secondsOf(start),
  end: Math.max(secondsOf(start), secondsOf(end) - 1),
});

const partOf = ({ id, identity, meter, periodStart, periodEnd, deltaOf, amountCents }: OurLine): LinePart => ({
  id,
  identity,
  meter,
  start: periodStart,
  end: periodEnd,
  deltaOf,
  amountCents,
});

const alone = (line: OurLine): StripeLineInput => {
  const { periodStart: start, periodEnd: end } = line;
  const span = spanOf(start ?? 0, end ?? start ?? 0);
  const of = start === null ? '' : `, ${iso(start).slice(0, 10)} to ${iso(end ?? start).slice(0, 10)}`;
  const what = line.deltaOf === null ? line.description : `Correction: ${line.description}`;
  return {
    mark: line.id,
    ids: [line.id],
    parts: [partOf(line)],
    amountCents: line.amountCents,
    description: `${what}${of}`,
    ...span,
  };
};

function folded(meter: string, lines: readonly OurLine[]): StripeLineInput {
  const starts = lines.map(({ periodStart }) => periodStart ?? 0);
  const ends = lines.map(({ periodEnd }) => periodEnd ?? 0);
  const [first] = lines;
  return {
    mark: `rest/${meter}`,
    ids: lines.map(({ id }) => id),
    parts: lines.map(partOf),
    amountCents: lines.reduce((sum, { amountCents }) => sum + amountCents, 0),
    description: `${first?.description ?? meter}, ${lines.length} more lines`,
    ...spanOf(Math.min(...starts), Math.max(...ends)),
  };
}

/** What costs nothing is no line at Stripe. @param lines in any order */
export function toStripeLines(lines: readonly OurLine[]): StripeLineInput[] {
  const costing = lines
    .filter(({ amountCents }) => amountCents !== 0)
    .toSorted((a, b) => (a.lineId < b.lineId ? -1 : 1));
  if (costing.length <= linesMax) return costing.map(alone);
  const bySize = costing.toSorted((a, b) => Math.abs(b.amountCents) - Math.abs(a.amountCents));
  const rest = Map.groupBy(bySize.slice(aloneMax), ({ meter }) => meter);
  return [...bySize.slice(0, aloneMax).map(alone), ...[...rest].map(([meter, few]) => folded(meter, few))];
}
