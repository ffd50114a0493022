/**
 * Billing periods: half-open, UTC is the rule. A trial is a period of its own, from signup to the trial's end; all others
 * are months from an anchor day that is remembered (31 → 28/29/30). A window belongs to the period that contains its END:
 * `(start, end]`. Whom a period is followed by another for is src/subscriptions/subscription.ts'. Pure.
 */
import { hourMs } from '../lib/time.ts';

/** A billing period `[start, end)`, ms since the epoch. */
export interface Period {
  start: number;
  end: number;
}

/** `paid`: Stripe's own period. `manual`: one of ours, while there is no subscription at Stripe. */
export type PeriodKind = 'trial' | 'paid' | 'manual';

/** A period that knows which one follows it. */
export interface AnchoredPeriod extends Period {
  kind: PeriodKind;
  /** Day of the month, 1 to 31. */
  anchorDay: number;
  /** Whether it is a month of a year that is paid for as a whole: the fee is the year's, and no part of it. */
  ofYear: boolean;
}

/** The same time of day on the anchor's day `months` after the month of `from`, or on that month's last day. */
function monthsAfter(from: number, months: number, anchorDay: number): number {
  const date = new Date(from);
  const year = date.getUTCFullYear();
  const month = date.getUTCMonth() + months;
  const lastDay = new Date(Date.UTC(year, month + 1, 0)).getUTCDate();
  const timeOfDay = from - Date.UTC(year, date.getUTCMonth(), date.getUTCDate());
  return Date.UTC(year, month, Math.min(anchorDay, lastDay)) + timeOfDay;
}

/** The first month of a subscription that begins at `start`; its day is the anchor, unless another one is known. */
export function firstPeriod(start: number, anchorDay = new Date(start).getUTCDate()): AnchoredPeriod {
  return { start, end: monthsAfter(start, 1, anchorDay), anchorDay, kind: 'manual', ofYear: false };
}

/** The period of a trial. Its anchor is nobody's: what follows has one of its own. */
export const trialPeriod = (start: number, end: number): AnchoredPeriod => ({
  start,
  end,
  anchorDay: new Date(start).getUTCDate(),
  kind: 'trial',
  ofYear: false,
});

/** The month that follows a period: of the same anchor day, or after a trial of a new one. */
export function nextPeriod(last: AnchoredPeriod): AnchoredPeriod {
  if (last.kind === 'trial') return firstPeriod(last.end);
  const { anchorDay, ofYear } = last;
  return { start: last.end, end: monthsAfter(last.end, 1, anchorDay), anchorDay, kind: 'manual', ofYear };
}

/** Whether a window that ends at `windowEnd` belongs to the period. */
export const holds = (period: Period, windowEnd: number): boolean =>
  period.start < windowEnd && windowEnd <= period.end;

/** The periods that must follow `last` until one contains the instant `now`; bounded, for a clock can be wrong. */
export function periodsUntil(last: AnchoredPeriod, now: number): AnchoredPeriod[] {
  const periodsMax = 1200;
  const periods: AnchoredPeriod[] = [];
  let current = last;
  while (current.end <= now && periods.length < periodsMax) {
    current = nextPeriod(current);
    periods.push(current);
  }
  return periods;
}

/** `open`: it runs. `closing`: it has ended, and its last windows are on their way. `closed`: nothing in it is changed. */
export type PeriodState = 'open' | 'closing' | 'closed';

/** How long the last windows of a period are waited for, unless all of them are there before. */
const closingMs = 6 * hourMs;

/**
 * What a period is at `now`. `complete`: nothing expected of it is missing. `isBilled`: whether what its invoice says is fixed, null where
 * it has none, and only its completeness and time can say.
 */
export function stateOf(
  { end }: Period,
  { complete, isBilled }: { complete: boolean; isBilled: boolean | null },
  now: number,
): PeriodState {
  if (now < end) return 'open';
  if (isBilled !== null) return isBilled ? 'closed' : 'closing';
  return complete || now >= end + closingMs ? 'closed' : 'closing';
}

/** The stretches of a range that no period holds, oldest first. `periods` oldest first, without overlaps. */
export function outsideOf(periods: readonly Period[], range: Period): Period[] {
  const edges = [...periods, { start: range.end, end: range.end }];
  return edges
    .map(({ start }, i) => ({
      start: Math.max(range.start, edges[i - 1]?.end ?? range.start),
      end: Math.min(start, range.end),
    }))
    .filter(({ start, end }) => start < end);
}
