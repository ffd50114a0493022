/**
 * A customer's periods follow those of the subscription at Stripe. A monthly one is the period itself, a yearly one holds months
 * of usage (decision 9). What ran before is cut where the paid one begins: a paid period there, others at the window edge
 * before it, so that no window is in two. Pure.
 */
import { dayMs, floorTo, hourMs } from '../lib/time.ts';
import { type AnchoredPeriod, firstPeriod, nextPeriod, type Period } from './period.ts';

/** The current period of a subscription at Stripe, ms. */
export interface PeriodAtStripe extends Period {
  interval: 'month' | 'year';
  /** Whether it is free: the days that are left of a trial. */
  trial: boolean;
}

/** What becomes of the last period, and what begins after it. */
export interface Following {
  /** The last period with another end, or open again; null where it stays. */
  last: { end: number; open: boolean } | null;
  /** Oldest first; the last of them is open. */
  begun: AnchoredPeriod[];
}

const nothing: Following = { last: null, begun: [] };

/**
 * The day of the month on which it is renewed. One that begins on a month's last day may be renewed on a later one, which its end says: of
 * a year only where that is in the same month, 28 and 29 February.
 */
function anchorDayOf({ start, end, interval }: PeriodAtStripe): number {
  const [from, to] = [new Date(start), new Date(end)];
  const isLastDay = new Date(start + dayMs).getUTCDate() === 1;
  const isWhole = interval === 'month' || from.getUTCMonth() === to.getUTCMonth();
  return isLastDay && isWhole ? Math.max(from.getUTCDate(), to.getUTCDate()) : from.getUTCDate();
}

/** The paid periods of Stripe's one until one holds `now`. */
function paidPeriods(at: PeriodAtStripe, now: number): AnchoredPeriod[] {
  const first: AnchoredPeriod = {
    ...firstPeriod(at.start, anchorDayOf(at)),
    kind: 'paid',
    ofYear: at.interval === 'year',
  };
  if (at.interval === 'month') return [{ ...first, end: at.end }];
  const months = [first];
  for (let month = first; month.end <= now && month.end < at.end; months.push(month)) month = nextPeriod(month);
  return months.map((month) => ({ ...month, kind: 'paid', end: Math.min(month.end, at.end) }));
}

/** Months between a period that has ended and one that begins later: nobody told us of them in time. */
function between(last: AnchoredPeriod, begins: number): AnchoredPeriod[] {
  const months: AnchoredPeriod[] = [];
  for (let month = last; month.end < begins; months.push(month)) month = nextPeriod(month);
  return months.map((month) => ({ ...month, kind: last.kind, end: Math.min(month.end, begins) }));
}

const standing = (last: AnchoredPeriod & { open: boolean }, end: number, now: number): Following => {
  const open = last.open || end > now;
  return end === last.end && open === last.open ? nothing : { last: { end, open }, begun: [] };
};

/**
 * @param last the customer's last period as it is stored
 * @param fills whether the customer paid all along: months that are missing are then periods, too; of a time in which the
 *   subscription stood still none are
 */
export function followStripe(
  last: AnchoredPeriod & { open: boolean },
  at: PeriodAtStripe,
  { now, fills }: { now: number; fills: boolean },
): Following {
  if (at.trial) return last.kind === 'trial' && at.end > last.start ? standing(last, at.end, now) : nothing;
  const isOld = ({ start, end }: Period) => (last.kind === 'paid' ? start <= last.start : end <= last.start);
  const paid = paidPeriods(at, now);
  const [next, ...rest] = paid.filter((period) => !isOld(period));
  if (next === undefined) {
    const same = paid.find(({ start, end }) => start <= last.start && last.start < end);
    return last.kind === 'paid' && same !== undefined ? standing(last, same.end, now) : nothing;
  }
  // A customer who signed up and paid in one second has both begin at once.
  const begins = Math.max(next.start, last.start + 1);
  const missing = fills && last.kind !== 'trial' ? between(last, begins) : [];
  return {
    last: { end: last.end > begins ? cutAt(last, begins) : last.end, open: false },
    begun: [...missing, { ...next, start: begins }, ...rest],
  };
}

function cutAt(last: AnchoredPeriod, begins: number): number {
  if (last.kind === 'paid') return begins;
  const edge = floorTo(begins, hourMs);
  return edge > last.start ? edge : begins;
}
