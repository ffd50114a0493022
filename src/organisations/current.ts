/**
 * A project's figures of now, from one cut: the month so far, the last 24 full hours, the last full hour, and the month
 * before, whole and up to the same hour. Pure.
 */
import { dayMs, floorTo, hourMs, minuteMs, type TimeRange } from '../lib/time.ts';
import { centsIn, centsOfSum, type ListRate } from '../pricing/list-rates.ts';
import { type Bucket, betweenEdges, type Cut } from '../usage/cut.ts';
import type { ProjectCost } from './cost.ts';
import { type Month, monthAt, secondsOfMonth, startOfMonth } from './month.ts';

/** Reports of an hour settle, travel and are stored: so long after its end the hour before it is the last full one. */
const graceMs = 15 * minuteMs;

/** The hours that may be the last full one: where they end, the newest first. */
const lastHours = (now: number): readonly [number, number] => {
  const edge = floorTo(now, hourMs);
  return [edge, edge - hourMs];
};

/** The instant of the month before that is as far from its beginning, or its end where it is shorter. */
export const sameHourBefore = (now: number): number => {
  const month = monthAt(now);
  const into = floorTo(now, hourMs) - startOfMonth(month);
  return Math.min(startOfMonth(month - 1) + into, startOfMonth(month));
};

/** The cut that the figures of now are read by. */
export function currentCut(now: number): Cut {
  const month = monthAt(now);
  const hours = lastHours(now).flatMap((end) => [end, end - hourMs, end - dayMs]);
  const edges = [startOfMonth(month - 1), sameHourBefore(now), startOfMonth(month), startOfMonth(month + 1), ...hours];
  return betweenEdges(edges);
}

const placesIn = (buckets: readonly Bucket[], { from, to }: TimeRange): number[] =>
  buckets.flatMap(({ start, end }, b) => (start >= from && end <= to ? [b] : []));

/** What a project costs in a range that begins and ends at edges of the cut, cents by place of the rate. */
function centsBetween(cost: ProjectCost, buckets: readonly Bucket[], range: TimeRange): number[] {
  const places = placesIn(buckets, range);
  return cost.cents.map((cells) => places.reduce((sum, b) => sum + (cells[b] ?? 0), 0));
}

const added = (cents: readonly number[]): number => cents.reduce((sum, c) => sum + c, 0);

/** Base units in a range, by place of the column. */
function unitsBetween(cost: ProjectCost, buckets: readonly Bucket[], range: TimeRange): bigint[] {
  const places = placesIn(buckets, range);
  return cost.units.map((cells) => places.reduce((sum, b) => sum + (cells[b] ?? 0n), 0n));
}

/** Figures of one project. */
export interface Current {
  projectSeq: number;
  month: Month;
  /** Cents of the month so far, by place of the rate; `totalCents` is their sum. */
  meterCents: readonly number[];
  /** Base units of the month so far, by place of the column. */
  units: readonly bigint[];
  totalCents: number;
  /** Of the last 24 full hours: what trends by the hour show for them. */
  lastDayCents: number;
  /** Base units of the last full hour, by place of the column. */
  hourUnits: readonly bigint[];
  /** Where the last full hour ends, ms. */
  hourEnd: number;
  previousCents: number;
  previousSameHourCents: number;
  /** Whether all that should be there of the month so far is, and was seen whole. */
  complete: boolean;
  /** The end of the month's newest window, ms; null while there is none. */
  asOf: number | null;
  /** The same of this month and the one before. */
  newest: number | null;
}

/** The figures of a project. @param buckets of `currentCut(now)` */
export function currentOf(cost: ProjectCost, buckets: readonly Bucket[], now: number): Current {
  const month = monthAt(now);
  const start = startOfMonth(month);
  const running = { from: start, to: startOfMonth(month + 1) };
  const before = { from: startOfMonth(month - 1), to: start };
  const meterCents = centsBetween(cost, buckets, running);
  const ends = cost.lastEnd.filter((end) => end !== null);
  const newest = ends.length === 0 ? null : Math.max(...ends);
  const hourEnd = hourEndOf(newest, now);
  return {
    projectSeq: cost.projectSeq,
    month,
    meterCents,
    units: unitsBetween(cost, buckets, running),
    totalCents: added(meterCents),
    lastDayCents: added(centsBetween(cost, buckets, { from: hourEnd - dayMs, to: hourEnd })),
    hourUnits: unitsBetween(cost, buckets, { from: hourEnd - hourMs, to: hourEnd }),
    hourEnd,
    previousCents: added(centsBetween(cost, buckets, before)),
    previousSameHourCents: added(centsBetween(cost, buckets, { ...before, to: sameHourBefore(now) })),
    complete: placesIn(buckets, running).every((b) => cost.complete[b] ?? true),
    asOf: newest !== null && newest > start ? newest : null,
    newest,
  };
}

/** The clock's last full hour, or the one before while its reports are still on their way. */
function hourEndOf(newest: number | null, now: number): number {
  const [last, before] = lastHours(now);
  return newest !== null && newest < last && now - last < graceMs ? before : last;
}

/** What the units of an hour cost by some rates, whole cents, rounded once. */
export function hourCents(
  units: readonly bigint[],
  hourEnd: number,
  rates: readonly ListRate[],
  columns: readonly string[],
): number {
  const seconds = secondsOfMonth(monthAt(hourEnd - 1));
  return centsOfSum(
    rates.map((rate) => ({
      units: rate.columns.reduce((all, column) => all + (units[columns.indexOf(column)] ?? 0n), 0n),
      price: centsIn(rate, seconds),
    })),
  );
}
