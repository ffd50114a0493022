/**
 * What projects cost at list rates, by meter and bucket of time. Pure.
 *
 * The cent is decided once: a project's meter costs in a month so far what its units so far cost, rounded. A bucket costs
 * what that is at its end less what it was at its start. So the buckets of a month add up to the meter's cost of the month,
 * whatever their length, and every other total is a sum of those: nothing else is rounded.
 */
import { centsIn, centsOfUnits, type ListRate } from '../pricing/list-rates.ts';
import type { Bucket } from '../usage/cut.ts';
import { dueOf, type Running } from '../usage/gaps.ts';
import type { ProjectSum } from '../usage/project-sums.ts';
import { type Month, monthAt, secondsOfMonth } from './month.ts';

/** One project, bucket by bucket. */
export interface ProjectCost {
  projectSeq: number;
  /** Cents, by place of the rate and of the bucket. */
  cents: readonly (readonly number[])[];
  /** Base units, by place of the column and of the bucket. */
  units: readonly (readonly bigint[])[];
  /** By bucket: whether all that should be there is, and was seen whole. */
  complete: readonly boolean[];
  /** The end of the newest window by bucket, ms; null where there is none. */
  lastEnd: readonly (number | null)[];
}

export interface CostInput {
  projects: readonly number[];
  sums: readonly ProjectSum[];
  buckets: readonly Bucket[];
  rates: readonly ListRate[];
  /** What `units` of the sums are of. */
  columns: readonly string[];
  expectations: readonly Running[];
  /** Reporters, by number, of what has no rate here: a project's figures are neither newer nor incomplete by them. */
  beside?: ReadonlySet<number>;
  /** Ms. */
  now: number;
  /**
   * Whether the projects are parts of one figure, which is as new as the newest of them: none is complete then before it has
   * what that one has. Otherwise each is for itself.
   */
  together: boolean;
}

/** What each of the projects used and cost, also one that used nothing. No bucket may lie in two months. */
export function costsOf(input: CostInput): ProjectCost[] {
  const { buckets, columns, expectations, beside, now, together } = input;
  const sums = Map.groupBy(input.sums, (sum) => sum.projectSeq);
  const expected = Map.groupBy(expectations, (e) => e.projectSeq);
  const rater = raterOf(input);
  const seenOf = (found: readonly ProjectSum[]) => newest(found.map(({ lastEnd }) => lastEnd)) ?? undefined;
  const ratedOf = (found: readonly ProjectSum[]) => found.filter(({ reporterSeq }) => !beside?.has(reporterSeq));
  const seenByAll = together ? seenOf(ratedOf(input.sums)) : undefined;
  return input.projects.map((projectSeq) => {
    const found = sums.get(projectSeq) ?? [];
    const units = columns.map((_, c) => unitsOf(found, c, buckets.length));
    const rated = ratedOf(found);
    const due = dueMsOf(expected.get(projectSeq) ?? [], buckets, now, seenByAll ?? seenOf(rated));
    const byBucket = Map.groupBy(rated, (sum) => sum.bucket);
    return {
      projectSeq,
      units,
      cents: rater(units),
      complete: buckets.map((_, b) => isComplete(byBucket.get(b) ?? [], due, b)),
      lastEnd: buckets.map((_, b) => newest((byBucket.get(b) ?? []).map((sum) => sum.lastEnd))),
    };
  });
}

const newest = (ends: readonly number[]): number | null =>
  ends.reduce<number | null>((last, end) => (last === null || end > last ? end : last), null);

function unitsOf(sums: readonly ProjectSum[], column: number, count: number): bigint[] {
  const units = Array<bigint>(count).fill(0n);
  for (const sum of sums) {
    const used = sum.units[column];
    if (used) units[sum.bucket] = (units[sum.bucket] ?? 0n) + used;
  }
  return units;
}

/** How much time of windows should be there of each reporter, by its number and by bucket. */
type Due = ReadonlyMap<number, readonly number[]>;

/** Whether a bucket has all windows of every reporter: what one has too many makes up for none of another's. */
const isComplete = (sums: readonly ProjectSum[], due: Due, bucket: number): boolean =>
  sums.every((sum) => sum.complete) &&
  [...due].every(([reporterSeq, ms]) => {
    const own = sums.filter((sum) => sum.reporterSeq === reporterSeq);
    const covered = own.reduce((total, sum) => total + (sum.coveredMs ?? Number.POSITIVE_INFINITY), 0);
    return covered >= (ms[bucket] ?? 0);
  });

function dueMsOf(expectations: readonly Running[], buckets: readonly Bucket[], now: number, seen?: number): Due {
  const byReporter = new Map<number, number[]>();
  const range = { from: buckets[0]?.start ?? 0, to: buckets.at(-1)?.end ?? 0 };
  for (const expectation of expectations) {
    const { reporterSeq } = expectation;
    const due = byReporter.get(reporterSeq) ?? buckets.map(() => 0);
    byReporter.set(reporterSeq, due);
    let b = 0;
    for (const { from, to } of dueOf(expectation, range, now, seen)) {
      while (b > 0 && (buckets[b]?.start ?? 0) > from) b--;
      for (; b < buckets.length; b++) {
        const bucket = buckets[b] as Bucket;
        due[b] = (due[b] ?? 0) + Math.max(0, Math.min(to, bucket.end) - Math.max(from, bucket.start));
        if (bucket.end >= to) break;
      }
    }
  }
  return byReporter;
}

/** Makes cents of a project's units; what all projects share is worked out once. */
function raterOf({ buckets, rates, columns }: CostInput): (units: readonly (readonly bigint[])[]) => number[][] {
  const months: Month[] = buckets.map(({ start }) => monthAt(start));
  const priced = rates.map((rate) => {
    const fractions = new Map([...new Set(months)].map((month) => [month, centsIn(rate, secondsOfMonth(month))]));
    return { fractions, places: rate.columns.map((column) => columns.indexOf(column)) };
  });
  return (units) =>
    priced.map(({ fractions, places }) => {
      let used = 0n;
      let cents = 0;
      return months.map((month, b) => {
        if (month !== months[b - 1]) [used, cents] = [0n, 0];
        const more = places.reduce((sum, place) => sum + (units[place]?.[b] ?? 0n), 0n);
        const fraction = fractions.get(month);
        if (more === 0n || !fraction) return 0;
        used += more;
        const before = cents;
        cents = centsOfUnits(used, fraction);
        return cents - before;
      });
    });
}
