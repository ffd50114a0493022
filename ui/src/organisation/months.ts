/** Months and ranges that somebody may choose, in UTC. */
import type { InputOf } from '../../../src/contracts/call.ts';
import type { readBillingTrends } from '../../../src/contracts/routes/organisation-billing.ts';
import { organisationTexts } from '../texts/organisation.ts';

const monthsBack = 24;
const dayMs = 86_400_000;

/** The first instant of the month that is so many before that of `ms`. */
const monthBefore = (ms: number, months: number): Date => {
  const at = new Date(ms);
  return new Date(Date.UTC(at.getUTCFullYear(), at.getUTCMonth() - months));
};

/** The months to choose from, the newest first. @param chosen of the address: is among them, whatever it is */
export function monthOptions(nowMs: number, chosen: string | null): { value: string; label: string }[] {
  const known = Array.from({ length: monthsBack }, (_, n) => monthBefore(nowMs, n).toISOString().slice(0, 7));
  const all = chosen === null || known.includes(chosen) ? known : [chosen, ...known];
  return all.map((month) => ({ value: month, label: month }));
}

export const ranges = ['month', 'week', 'quarter', 'year'] as const;
export type Range = (typeof ranges)[number];
export const rangeOptions = ranges.map((value) => ({ value, label: organisationTexts.trends.ranges[value] }));
export const rangeOf = (text: string | null): Range => ranges.find((range) => range === text) ?? 'month';

type TrendsQuery = NonNullable<InputOf<typeof readBillingTrends>['query']>;

/** The range as a query, the same all day long. */
export function queryOfRange(range: Range, nowMs: number): Pick<TrendsQuery, 'from' | 'granularity'> {
  const daysBefore = (days: number) => new Date((Math.floor(nowMs / dayMs) - days) * dayMs).toISOString();
  switch (range) {
    case 'month':
      return { granularity: 'day' };
    case 'week':
      return { from: daysBefore(6), granularity: 'hour' };
    case 'quarter':
      return { from: daysBefore(89), granularity: 'day' };
    case 'year':
      return { from: monthBefore(nowMs, 11).toISOString(), granularity: 'month' };
  }
}
