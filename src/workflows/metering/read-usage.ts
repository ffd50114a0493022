/** Reads of a customer's usage: history, gaps, cursor. Each reads names from the control database and windows from one usage shard. */
import type { CursorAnswer, GapsAnswer, HistoryAnswer } from '../../contracts/usage.ts';
import { type CustomerRow, findCustomer } from '../../customers/store.ts';
import type { Db } from '../../db/client.ts';
import { shardOf } from '../../db/shards.ts';
import { ceilTo, dayMs, floorTo, hourMs, iso, isoOrNull, secondMs } from '../../lib/time.ts';
import { findOwnMeters } from '../../pricing/own-meter-store.ts';
import { type Gap, gapsOf, type Interval } from '../../usage/gaps.ts';
import { type HistoryRow, rowFields, type Shown, totalFields } from '../../usage/history.ts';
import * as historyStore from '../../usage/history-store.ts';
import { clusterOf, type Metering, meteringOf } from '../../usage/names-store.ts';
import { type Span, sumSpan } from '../../usage/span-store.ts';
import { detailsOf, type GapDetail } from '../../usage/window-gaps.ts';
import { toldIn } from '../../usage/window-gaps-store.ts';

/** Where usage is read from. */
export interface UsageReads {
  db: Db;
  shards: readonly D1Database[];
  now: number;
}

export interface RangeQuery {
  days: number;
  from?: string | undefined;
  to?: string | undefined;
}

/** A query's range, ms: the last `days` days unless it says more; its end covers the hour that runs now. */
export function rangeOf(query: RangeQuery, now: number): Interval {
  const to = query.to === undefined ? ceilTo(now, hourMs) : Date.parse(query.to);
  return { from: query.from === undefined ? to - query.days * dayMs : Date.parse(query.from), to };
}

export interface HistoryQuery extends RangeQuery {
  granularity: 'window' | 'day';
  namespace?: string | undefined;
  page: number;
  limit: number;
  /** What OpenCost says a namespace costs us is for admins. */
  withOwnCosts: boolean;
}

/** A page of history with the totals of the whole range; null when there is no such customer or namespace. */
export async function readHistory(
  reads: UsageReads,
  customerId: string,
  query: HistoryQuery,
): Promise<HistoryAnswer | null> {
  const customer = await findCustomer(reads.db, customerId);
  if (!customer) return null;
  const [metering, own] = await Promise.all([meteringOf(reads.db, customerId), findOwnMeters(reads.db)]);
  const levels = own.flatMap(({ field, adds_up }) => (adds_up === 'level' ? [field] : []));
  const shown: Shown = { ownCosts: query.withOwnCosts, levels: new Set(levels) };
  const projectSeq = [...metering.namespaces].find(([, name]) => name === query.namespace)?.[0];
  if (query.namespace !== undefined && projectSeq === undefined) return null;
  const range = rangeOf(query, reads.now);
  const days = query.granularity === 'day';
  const from = days ? floorTo(range.from, dayMs) : range.from;
  const to = days ? ceilTo(range.to, dayMs) : range.to;
  const span: Span = { customerSeq: customer.seq, from, to, projectSeq };
  const shard = shardOf(reads, customer);
  const offset = (query.page - 1) * query.limit;
  const [rows, sums, summary, windows] = await Promise.all([
    days
      ? historyStore.dayPage(shard, span, query.limit, offset)
      : historyStore.windowPage(shard, span, query.limit, offset),
    sumSpan(shard, span),
    historyStore.daySummary(shard, span),
    days ? 0 : historyStore.windowCount(shard, span),
  ]);
  return {
    customer_id: customerId,
    from: iso(from),
    to: iso(to),
    granularity: query.granularity,
    items: rows.map((row) => ({ ...headOf(row, metering), ...rowFields(row, shown) })),
    total: days ? summary.total : windows,
    page: query.page,
    limit: query.limit,
    totals: totalFields(sums, summary.peaks, shown),
  };
}

const headOf = (row: HistoryRow, metering: Metering) => ({
  window_start: iso(row.end - (row.windowSeconds === null ? dayMs : row.windowSeconds * secondMs)),
  window_end: iso(row.end),
  namespace: namespaceOf(metering, row.projectSeq),
  instance_id: instanceOf(metering, row.reporterSeq),
  revision: row.revision,
  complete: row.complete,
  gap_seconds: row.gapMs / secondMs,
});

const namespaceOf = (metering: Metering, seq: number): string => metering.namespaces.get(seq) ?? `#${seq}`;
const instanceOf = (metering: Metering, seq: number): string => metering.reporters.get(seq)?.instanceId ?? `#${seq}`;

/** When the customer's own stack was meant to run, from its phase changes. */
export function runningTimes(phases: Metering['phases'], until: number): Interval[] {
  return phases.flatMap(({ effectiveAt, phase }, i) =>
    phase === 'running' ? [{ from: effectiveAt, to: phases[i + 1]?.effectiveAt ?? Math.max(until, effectiveAt) }] : [],
  );
}

/** The gaps of a range of one customer, with the names to show them. */
async function findGaps(
  reads: UsageReads,
  customer: CustomerRow,
  range: Interval,
): Promise<{ gaps: Gap[]; metering: Metering }> {
  const metering = await meteringOf(reads.db, customer.id);
  return { gaps: await findGapsOf(reads, customer, range, metering), metering };
}

/** What is missing in a range, where the names and ownerships of the customer have been read already. */
export async function findGapsOf(
  reads: UsageReads,
  customer: CustomerRow,
  range: Interval,
  metering: Metering,
): Promise<Gap[]> {
  const span: Span = { customerSeq: customer.seq, ...range };
  const accounted = await historyStore.stretches(shardOf(reads, customer), span);
  const running = runningTimes(metering.phases, range.to);
  const owned = Map.groupBy(metering.ownerships, (o) => `${o.reporterSeq}/${o.projectSeq}`);
  const expectations = [...owned.values()].flatMap((spans) => {
    const [first] = spans;
    const reporter = first && metering.reporters.get(first.reporterSeq);
    if (!first || !reporter) return [];
    return [
      {
        reporterSeq: first.reporterSeq,
        projectSeq: first.projectSeq,
        windowSeconds: reporter.windowSeconds,
        active: spans.map((s) => ({ from: s.fromAt, to: s.untilAt ?? range.to })),
        running: first.projectSeq === metering.ownProject ? running : null,
      },
    ];
  });
  return gapsOf(expectations, accounted, range, reads.now);
}

export interface GapsQuery extends RangeQuery {
  page: number;
  limit: number;
}

/** What reports said was not seen, gap by gap; of one that nobody reported nothing is known. */
async function findDetails(reads: UsageReads, customer: CustomerRow, gaps: readonly Gap[]): Promise<GapDetail[][]> {
  const reported = gaps.filter(({ reason }) => reason !== 'missing');
  if (reported.length === 0) return gaps.map(() => []);
  const { things, missing } = await toldIn(shardOf(reads, customer), customer.seq, reported);
  return gaps.map((gap) => {
    const place = reported.indexOf(gap);
    return detailsOf(things.get(place) ?? [], missing.get(place) ?? []);
  });
}

/** A page of gaps as the wire shows them; null when there is no such customer. */
export async function readGaps(reads: UsageReads, customerId: string, query: GapsQuery): Promise<GapsAnswer | null> {
  const customer = await findCustomer(reads.db, customerId);
  if (!customer) return null;
  const range = rangeOf(query, reads.now);
  const { page, limit } = query;
  const { gaps, metering } = await findGaps(reads, customer, range);
  const shown = gaps.slice((page - 1) * limit, page * limit);
  const details = await findDetails(reads, customer, shown);
  return {
    customer_id: customerId,
    from: iso(range.from),
    to: iso(range.to),
    items: shown.map((gap, i) => ({
      namespace: namespaceOf(metering, gap.projectSeq),
      instance_id: instanceOf(metering, gap.reporterSeq),
      from: iso(gap.from),
      to: iso(gap.to),
      windows: gap.windows,
      reason: gap.reason,
      details: (details[i] ?? []).map(({ from, to, ms, ...rest }) => ({
        ...rest,
        from: iso(from),
        to: iso(to),
        seconds: ms / secondMs,
      })),
    })),
    total: gaps.length,
    page,
    limit,
  };
}

export interface CursorQuery {
  customerId: string;
  instanceId: string;
  /** Default: the customer's own. */
  namespace?: string | undefined;
  /** Set for a reporter's key: only its own cursor. */
  reporterId: string | null;
  /** Set for a cluster's key: only customers placed there. */
  clusterId: string | null;
}

/** Where the exporter goes on; null when the reporter, namespace or customer is not there, or not the caller's. */
export async function readCursor(reads: UsageReads, query: CursorQuery): Promise<CursorAnswer | null> {
  const customer = await findCustomer(reads.db, query.customerId);
  if (!customer) return null;
  if (query.clusterId !== null && (await clusterOf(reads.db, query.customerId)) !== query.clusterId) return null;
  const metering = await meteringOf(reads.db, query.customerId);
  const reporter = [...metering.reporters.values()].find((r) => r.instanceId === query.instanceId);
  if (!reporter || (query.reporterId !== null && reporter.id !== query.reporterId)) return null;
  const named = [...metering.namespaces].find(([, name]) => name === query.namespace)?.[0];
  const projectSeq = query.namespace === undefined ? metering.ownProject : (named ?? null);
  const owned = metering.ownerships.filter((o) => o.reporterSeq === reporter.seq && o.projectSeq === projectSeq);
  if (projectSeq === null || owned.length === 0) return null;
  const activeFrom = Math.min(...owned.map((o) => o.fromAt));
  const last = await historyStore.lastEnd(shardOf(reads, customer), customer.seq, reporter.seq, projectSeq, activeFrom);
  return {
    customer_id: query.customerId,
    instance_id: query.instanceId,
    namespace: namespaceOf(metering, projectSeq),
    cursor: iso(last ?? activeFrom),
    window_seconds: reporter.windowSeconds,
    active_from: iso(activeFrom),
    active_until: isoOrNull(activeUntil(owned)),
    server_time: iso(reads.now),
  };
}

const activeUntil = (owned: Metering['ownerships']): number | null =>
  owned.some((o) => o.untilAt === null) ? null : Math.max(...owned.map((o) => o.untilAt ?? 0));
