/** The days that a list is filtered by, which stand in its address, as instants of the API. */
import { dayMs } from '../../../src/lib/time.ts';

const dayForm = /^\d{4}-\d{2}-\d{2}$/;

const startOf = (day: string | undefined): number =>
  day !== undefined && dayForm.test(day) ? Date.parse(day) : Number.NaN;

/** `from` and `to`, the last day whole. What is no day is left out. */
export function timesOf({ from, to }: Readonly<Record<string, string>>): { from?: string; to?: string } {
  const [begin, last] = [startOf(from), startOf(to)];
  return {
    ...(Number.isNaN(begin) ? {} : { from: new Date(begin).toISOString() }),
    ...(Number.isNaN(last) ? {} : { to: new Date(last + dayMs).toISOString() }),
  };
}
