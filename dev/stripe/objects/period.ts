/** Periods of billing: steps of a price's interval from an anchor, in UTC, Unix seconds. Pure. */
import type { Interval } from './product.ts';

export type Step = { interval: Interval; count: number };

const daySeconds = 86_400;

/** The anchor moved by months; a day that the month lacks is its last: 31 January, 28 February, 31 March. */
function addMonths(anchor: number, months: number): number {
  const from = new Date(anchor * 1000);
  const first = new Date(Date.UTC(from.getUTCFullYear(), from.getUTCMonth() + months, 1));
  const days = new Date(Date.UTC(first.getUTCFullYear(), first.getUTCMonth() + 1, 0)).getUTCDate();
  const time = from.getTime() % (daySeconds * 1000);
  const day = Math.min(from.getUTCDate(), days);
  return (Date.UTC(first.getUTCFullYear(), first.getUTCMonth(), day) + time) / 1000;
}

/** The anchor moved by that many steps, forwards or back. */
export function stepFrom(anchor: number, { interval, count }: Step, steps: number): number {
  if (interval === 'day') return anchor + steps * count * daySeconds;
  if (interval === 'week') return anchor + steps * count * 7 * daySeconds;
  return addMonths(anchor, steps * count * (interval === 'year' ? 12 : 1));
}

/** The period of that anchor that holds an instant: `[start, end)`. */
export function periodAround(anchor: number, step: Step, at: number): { start: number; end: number } {
  const length = stepFrom(anchor, step, 1) - anchor;
  let steps = Math.floor((at - anchor) / length);
  while (stepFrom(anchor, step, steps) > at) steps--;
  while (stepFrom(anchor, step, steps + 1) <= at) steps++;
  return { start: stepFrom(anchor, step, steps), end: stepFrom(anchor, step, steps + 1) };
}
