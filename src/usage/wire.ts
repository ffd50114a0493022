/** From queries of the wire to what is read of usage, and from what was read to the bodies of answers. Pure. */
import { type AllGapsAnswer, customersGapsMax } from '../contracts/all-gaps.ts';
import type { ClusterReporters, CursorAnswer, GapReason, GapsAnswer, HistoryAnswer } from '../contracts/usage.ts';
import { ceilTo, dayMs, hourMs, iso, isoOrNull, secondMs, type TimeRange } from '../lib/time.ts';
import type { AllGapsQuery, CustomersGaps } from '../workflows/metering/read-all-gaps.ts';
import type { Cursor, CursorQuery } from '../workflows/metering/read-cursor.ts';
import type { GapsPage, GapsQuery, NamedGap } from '../workflows/metering/read-gaps.ts';
import type { History, HistoryItem, HistoryQuery } from '../workflows/metering/read-history.ts';
import type { ClusterReporter } from './rights-store.ts';

/** A range as it is asked for: ISO 8601 instants, or days. */
export interface RangeQuery {
  days: number;
  from?: string | undefined;
  to?: string | undefined;
}

/** A query's range, ms: the last `days` days unless it says more; its end covers the hour that runs now. */
export function rangeOf(query: RangeQuery, now: number): TimeRange {
  const to = query.to === undefined ? ceilTo(now, hourMs) : Date.parse(query.to);
  return { from: query.from === undefined ? to - query.days * dayMs : Date.parse(query.from), to };
}

/** GET /api/usage/:customerId. */
export const toHistoryAnswer = (query: HistoryQuery, history: History): HistoryAnswer => ({
  customer_id: query.customerId,
  from: iso(history.range.from),
  to: iso(history.range.to),
  granularity: query.granularity,
  items: history.items.map(toHistoryItem),
  total: history.total,
  page: query.page,
  limit: query.limit,
  totals: history.totals,
});

/** A window or a day; also a line of the CSV. */
export const toHistoryItem = (item: HistoryItem): HistoryAnswer['items'][number] => ({
  window_start: iso(item.from),
  window_end: iso(item.to),
  namespace: item.namespace,
  instance_id: item.instanceId,
  revision: item.revision,
  complete: item.complete,
  gap_seconds: item.gapMs / secondMs,
  ...item.quantities,
});

/** GET /api/usage/:customerId/gaps. */
export const toGapsAnswer = (query: GapsQuery, gaps: GapsPage): GapsAnswer => ({
  customer_id: query.customerId,
  from: iso(query.range.from),
  to: iso(query.range.to),
  items: gaps.items.map(toGap),
  total: gaps.total,
  page: query.page,
  limit: query.limit,
});

const toGap = (gap: NamedGap): GapsAnswer['items'][number] => ({
  namespace: gap.namespace,
  instance_id: gap.instanceId,
  from: iso(gap.from),
  to: iso(gap.to),
  windows: gap.windows,
  reason: gap.reason,
  details: gap.details.map(({ field, thing, reason, from, to, ms }) => ({
    field,
    thing,
    reason,
    from: iso(from),
    to: iso(to),
    seconds: ms / secondMs,
  })),
});

/** GET /api/usage/gaps. */
export const toAllGapsAnswer = (
  { page, limit }: Pick<AllGapsQuery, 'page' | 'limit'>,
  { range, items, total }: { range: TimeRange; items: readonly CustomersGaps[]; total: number },
): AllGapsAnswer => ({
  from: iso(range.from),
  to: iso(range.to),
  items: items.map(toCustomersGaps),
  total,
  page,
  limit,
});

function toCustomersGaps({ customerId, companyName, gaps }: CustomersGaps): AllGapsAnswer['items'][number] {
  const windowsOf = (reason: GapReason) =>
    gaps.reduce((count, gap) => count + (gap.reason === reason ? gap.windows : 0), 0);
  const told = gaps.slice(-customersGapsMax);
  return {
    customer_id: customerId,
    company_name: companyName,
    windows: {
      missing: windowsOf('missing'),
      unavailable: windowsOf('unavailable'),
      partial: windowsOf('partial'),
    },
    gaps: told.map((gap) => ({
      namespace: gap.namespace,
      instance_id: gap.instanceId,
      from: iso(gap.from),
      to: iso(gap.to),
      windows: gap.windows,
      reason: gap.reason,
    })),
    more: gaps.length - told.length,
  };
}

/** GET /api/usage/reporters. */
export const toClusterReporters = (
  { page, limit }: { page: number; limit: number },
  { items, total }: { items: ClusterReporter[]; total: number },
): ClusterReporters => ({
  items: items.map((one) => ({
    customer_id: one.customerId,
    instance_id: one.instanceId,
    namespace: one.namespace,
    window_seconds: one.windowSeconds,
    active_from: iso(one.activeFrom),
    active_until: isoOrNull(one.activeUntil),
  })),
  total,
  page,
  limit,
});

/** GET /api/usage/:customerId/cursor. */
export const toCursorAnswer = (query: CursorQuery, cursor: Cursor, now: number): CursorAnswer => ({
  customer_id: query.customerId,
  instance_id: query.instanceId,
  namespace: cursor.namespace,
  cursor: iso(cursor.at),
  window_seconds: cursor.windowSeconds,
  active_from: iso(cursor.activeFrom),
  active_until: isoOrNull(cursor.activeUntil),
  server_time: iso(now),
});
