/** Months and ranges that are asked for: which are meant, and which are refused because no answer could say them. Pure. */
import type { Failure } from '../contracts/failures.ts';
import { type Granularity, monthsMax, pointsMax } from '../contracts/organisation-billing.ts';
import { err, ok, type Result } from '../lib/result.ts';
import { ceilTo, dayMs, floorTo, hourMs, iso } from '../lib/time.ts';
import { betweenEdges, type Cut, inSteps } from '../usage/cut.ts';
import { invalid } from './invalid.ts';
import { type Month, monthAt, monthName, monthNamed, startOfMonth } from './month.ts';

/** No usage is older; years of fewer digits are not what `Date` takes them for. */
const earliest = Date.UTC(2000, 0, 1);

/** The month of that name, or the one that runs. */
export function monthOf(name: string | undefined, now: number): Result<Month, Failure<'validation_failed'>> {
  const current = monthAt(now);
  if (name === undefined) return ok(current);
  const month = monthNamed(name);
  if (month > current) return err(invalid('month', `lies in the future: the month that runs is ${monthName(current)}`));
  if (startOfMonth(month) < earliest) return err(invalid('month', 'must not be before 2000-01'));
  return ok(month);
}

/** What a month is read by: its days, with all of them in one month. */
export const daysOfMonth = (month: Month): Cut =>
  inSteps(startOfMonth(month), startOfMonth(month), startOfMonth(month + 1), dayMs);

/** What trends are asked of; ms. */
export interface AskedRange {
  from?: number | null;
  to?: number | null;
  granularity: Granularity;
}

/** A range of whole hours, days or months, and the cut that it is read by, which begins where its first month does. */
export interface TrendsRange {
  from: number;
  to: number;
  cut: Cut;
}

const stepOf = { hour: hourMs, day: dayMs };
const nextOf = {
  hour: 'by the hour that is 16 days; ask by the day',
  day: 'by the day that is 400 days; ask by the month',
};

/** Widens the range to what its points are, and ends it with the point that holds now. */
export function trendsRange({ from, to, granularity }: AskedRange, now: number): Result<TrendsRange, Failure> {
  const since = from ?? startOfMonth(monthAt(now));
  const until = to ?? now;
  if (since < earliest) return err(invalid('from', 'must not be before 2000-01-01'));
  if (since > now) return err(invalid('from', `lies in the future: it is ${iso(now)} now`));
  if (to != null && until <= since) return err(invalid('to', 'must be after from'));
  if (granularity === 'month') return monthsRange(since, Math.min(until, now));
  const step = stepOf[granularity];
  const start = floorTo(since, step);
  const end = Math.max(start + step, ceilTo(Math.min(until, now), step));
  const points = (end - start) / step;
  if (points > pointsMax) {
    return err(invalid('from', `to \`to\` has ${points} points, ${pointsMax} at most: ${nextOf[granularity]}`));
  }
  return ok({ from: start, to: end, cut: inSteps(startOfMonth(monthAt(start)), start, end, step) });
}

function monthsRange(since: number, until: number): Result<TrendsRange, Failure> {
  const first = monthAt(since);
  const last = Math.max(first, monthAt(until - 1));
  const months = last - first + 1;
  if (months > monthsMax) return err(invalid('from', `to \`to\` has ${months} months, ${monthsMax} at most`));
  const edges = Array.from({ length: months + 1 }, (_, i) => startOfMonth(first + i));
  return ok({ from: startOfMonth(first), to: startOfMonth(last + 1), cut: betweenEdges(edges) });
}
