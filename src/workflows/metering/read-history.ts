/** A customer's usage by window or day, page by page, with the totals of the whole range. */
import type { Quantities } from '../../contracts/usage.ts';
import { findCustomer } from '../../customers/store.ts';
import { shardOf } from '../../db/shards.ts';
import { ceilTo, dayMs, floorTo, secondMs, type TimeRange } from '../../lib/time.ts';
import { findOwnMeters } from '../../pricing/own-meter-store.ts';
import { type HistoryRow, rowFields, type Shown, totalFields } from '../../usage/history.ts';
import * as historyStore from '../../usage/history-store.ts';
import { instanceOf, type Metering, meteringOf, namespaceOf } from '../../usage/names-store.ts';
import { type CustomerRange, sumRange } from '../../usage/range-store.ts';
import type { UsageReads } from './usage-reads.ts';

export interface HistoryQuery {
  customerId: string;
  range: TimeRange;
  granularity: 'window' | 'day';
  /** Default: all. */
  namespace?: string | undefined;
  page: number;
  limit: number;
  /** What OpenCost says a namespace costs us is for admins. */
  withOwnCosts: boolean;
}

/** What one reporter said of one namespace in a window, or in a day's windows. */
export interface HistoryItem extends TimeRange {
  namespace: string;
  instanceId: string;
  /** Null for a day. */
  revision: number | null;
  complete: boolean;
  gapMs: number;
  quantities: Quantities;
}

/** A page of history, newest first, and what the whole range has. */
export interface History {
  /** What was asked for; by day widened to whole days. */
  range: TimeRange;
  items: HistoryItem[];
  total: number;
  totals: Quantities;
}

/** Null when there is no such customer or namespace. */
export async function readHistory(reads: UsageReads, query: HistoryQuery): Promise<History | null> {
  const customer = await findCustomer(reads.db, query.customerId);
  if (!customer) return null;
  const [metering, own] = await Promise.all([meteringOf(reads.db, query.customerId), findOwnMeters(reads.db)]);
  const levels = own.flatMap(({ field, adds_up }) => (adds_up === 'level' ? [field] : []));
  const shown: Shown = { ownCosts: query.withOwnCosts, levels: new Set(levels) };
  const projectSeq = [...metering.namespaces].find(([, name]) => name === query.namespace)?.[0];
  if (query.namespace !== undefined && projectSeq === undefined) return null;
  const { range } = query;
  const days = query.granularity === 'day';
  const from = days ? floorTo(range.from, dayMs) : range.from;
  const to = days ? ceilTo(range.to, dayMs) : range.to;
  const asked: CustomerRange = { customerSeq: customer.seq, from, to, projectSeq };
  const shard = shardOf(reads, customer);
  const offset = (query.page - 1) * query.limit;
  const [rows, sums, summary, windows] = await Promise.all([
    days
      ? historyStore.dayPage(shard, asked, query.limit, offset)
      : historyStore.windowPage(shard, asked, query.limit, offset),
    sumRange(shard, asked),
    historyStore.daySummary(shard, asked),
    days ? 0 : historyStore.windowCount(shard, asked),
  ]);
  return {
    range: { from, to },
    items: rows.map((row) => itemOf(row, metering, shown)),
    total: days ? summary.total : windows,
    totals: totalFields(sums, summary.peaks, shown),
  };
}

const itemOf = (row: HistoryRow, metering: Metering, shown: Shown): HistoryItem => ({
  from: row.end - (row.windowSeconds === null ? dayMs : row.windowSeconds * secondMs),
  to: row.end,
  namespace: namespaceOf(metering, row.projectSeq),
  instanceId: instanceOf(metering, row.reporterSeq),
  revision: row.revision,
  complete: row.complete,
  gapMs: row.gapMs,
  quantities: rowFields(row, shown),
});
