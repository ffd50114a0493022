/**
 * Billing periods: half-open, monthly from an anchor day that is remembered (31 → 28/29/30). Pure, UTC is the rule.
 * A window belongs to the period that contains its END: `(start, end]`. Who is billed for a period is not decided here.
 */

/** A billing period `[start, end)`, ms since the epoch. */
export interface Period {
  start: number;
  end: number;
}

/** The anchor's day in the month that is `months` after the one of `from`, or that month's last day, at the time of day of `from`. */
function monthsAfter(from: number, months: number, anchorDay: number): number {
  const date = new Date(from);
  const year = date.getUTCFullYear();
  const month = date.getUTCMonth() + months;
  const lastDay = new Date(Date.UTC(year, month + 1, 0)).getUTCDate();
  const timeOfDay = from - Date.UTC(year, date.getUTCMonth(), date.getUTCDate());
  return Date.UTC(year, month, Math.min(anchorDay, lastDay)) + timeOfDay;
}

/** The first period of a subscription that begins at `start`; its day is the anchor. */
export function firstPeriod(start: number): Period & { anchorDay: number } {
  const anchorDay = new Date(start).getUTCDate();
  return { start, end: monthsAfter(start, 1, anchorDay), anchorDay };
}

/** The month that follows a period of this anchor day. */
export const nextPeriod = (last: Period, anchorDay: number): Period => ({
  start: last.end,
  end: monthsAfter(last.end, 1, anchorDay),
});

/** Whether a window that ends at `windowEnd` belongs to the period. */
export const holds = (period: Period, windowEnd: number): boolean =>
  period.start < windowEnd && windowEnd <= period.end;

/** The periods that must follow `last` until one contains the instant `now`; bounded, for a clock can be wrong. */
export function periodsUntil(last: Period, anchorDay: number, now: number): Period[] {
  const periodsMax = 1200;
  const periods: Period[] = [];
  let current = last;
  while (current.end <= now && periods.length < periodsMax) {
    current = nextPeriod(current, anchorDay);
    periods.push(current);
  }
  return periods;
}
