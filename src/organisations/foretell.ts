/**
 * What a project's month will have cost at its end: what is used so far, and for the rest what its past days say, by the
 * projection of customers' forecasts (usage/projection.ts), at list rates. Pure.
 */
import { dayMs, floorTo } from '../lib/time.ts';
import { centsIn, centsOfUnits, type ListRate } from '../pricing/list-rates.ts';
import type { Bucket } from '../usage/cut.ts';
import { type Cut, inSteps } from '../usage/cut.ts';
import { historyDaysMax, project } from '../usage/projection.ts';
import type { ProjectCost } from './cost.ts';
import { type Month, secondsOfMonth, startOfMonth } from './month.ts';

/** A project that has not reported for so long is stopped: nothing more of it is foretold. */
const reportsWithinMs = 2 * dayMs;

/** The whole days that a projection is made from. */
export const pastDays = (now: number): Cut => {
  const today = floorTo(now, dayMs);
  return inSteps(today - historyDaysMax * dayMs, today - historyDaysMax * dayMs, today, dayMs);
};

export interface SoFar {
  month: Month;
  /** Base units of the month so far, by place of the column. */
  units: readonly bigint[];
  totalCents: number;
  /** The end of the newest window, ms; null without any. */
  newest: number | null;
  /** Since when anybody measures the project, ms; infinite where nobody does. */
  measuredFrom: number;
}

export interface Past {
  /** By `pastDays`. */
  cost: ProjectCost;
  buckets: readonly Bucket[];
}

/** Cents at the month's end; null where there is neither a whole day nor an hour to tell by. */
export function foretell(
  soFar: SoFar,
  { cost, buckets }: Past,
  { rates, columns, now }: { rates: readonly ListRate[]; columns: readonly string[]; now: number },
): number | null {
  const end = startOfMonth(soFar.month + 1);
  const start = Math.max(startOfMonth(soFar.month), soFar.measuredFrom);
  if (soFar.newest === null) return null;
  if (now - soFar.newest > reportsWithinMs) return soFar.totalCents;
  const usedOf = (units: readonly bigint[]) =>
    Object.fromEntries(rates.map((rate) => [rate.meter, Number(added(units, placesOf(rate, columns)))]));
  const days = buckets.flatMap((bucket, b) =>
    cost.lastEnd[b] === null || bucket.start < soFar.measuredFrom
      ? []
      : [{ day: bucket.start / dayMs, usage: usedOf(cost.units.map((cells) => cells[b] ?? 0n)) }],
  );
  const from = Math.max(start, soFar.newest);
  const projection = project({ days, soFar: { usage: usedOf(soFar.units), ms: from - start } }, from, end);
  if (projection.method === 'none') return null;
  const rest = projection.between(from, end);
  const seconds = secondsOfMonth(soFar.month);
  return rates.reduce((cents, rate) => {
    const used = added(soFar.units, placesOf(rate, columns));
    const more = BigInt(Math.round(rest[rate.meter]?.expected ?? 0));
    return cents + centsOfUnits(used + more, centsIn(rate, seconds));
  }, 0);
}

const placesOf = (rate: ListRate, columns: readonly string[]): number[] =>
  rate.columns.map((column) => columns.indexOf(column));

const added = (units: readonly bigint[], places: readonly number[]): bigint =>
  places.reduce((sum, place) => sum + (units[place] ?? 0n), 0n);
