/** GET routes of usage: history, gaps, cursor. */

import { type Failure, notFound } from '../contracts/failures.ts';
import * as routes from '../contracts/routes/usage-reads.ts';
import { type Endpoint, endpoint, param, refuse, reply } from '../http/endpoint.ts';
import { dayMs, type TimeRange } from '../lib/time.ts';
import type { Services } from '../services.ts';
import { readCursor } from '../workflows/metering/read-cursor.ts';
import { readGaps } from '../workflows/metering/read-gaps.ts';
import { readHistory } from '../workflows/metering/read-history.ts';
import type { UsageReads } from '../workflows/metering/usage-reads.ts';
import { toCsv } from './csv.ts';
import { reportersOfCluster } from './rights-store.ts';
import { rangeOf, toClusterReporters, toCursorAnswer, toGapsAnswer, toHistoryAnswer, toHistoryItem } from './wire.ts';

export const readsOf = (services: Services): UsageReads => ({
  db: services.db,
  shards: services.env.usageShards,
  now: services.now(),
});

/** How long after its end a reporter is still told: its last windows may be on their way. */
const lateDays = 3;

const daysMax = 400;
/** By day a range is widened to whole days: the range of an answer may be asked for again. */
const widenedDaysMax = daysMax + 1;

const badRange = (message: string): Failure => ({
  code: 'validation_failed',
  message,
  details: { issues: [{ path: 'from', message }] },
});

/** A range that runs backwards or is longer than the longest answer. */
function rangeFault({ from, to }: TimeRange): Failure | null {
  if (from < to && to - from <= widenedDaysMax * dayMs) return null;
  return badRange(from < to ? `the range may be at most ${daysMax} days` : 'from must be before to');
}

/** A file is not paged and never in part; this many lines are 400 days of hours of five namespaces. */
const csvRowsMax = 50_000;

const clusterReporters = endpoint({
  ...routes.readClusterReporters,
  handle: async (call) => {
    const { principal, query } = call;
    if (principal.kind !== 'cluster') return refuse(notFound);
    const since = call.now() - lateDays * dayMs;
    const found = await reportersOfCluster(call.db, { clusterId: principal.clusterId, since, ...query });
    return reply(200, toClusterReporters(query, found));
  },
});

const history = endpoint({
  ...routes.readUsage,
  handle: async (call) => {
    const { format, granularity, namespace, page, limit, ...asked } = call.query;
    const range = rangeOf(asked, call.now());
    const fault = rangeFault(range);
    if (fault) return refuse(fault);
    const csv = format === 'csv';
    const query = {
      customerId: param(call, 'customerId'),
      range,
      granularity,
      namespace,
      ...(csv ? { page: 1, limit: csvRowsMax } : { page, limit }),
      withOwnCosts: call.principal.kind === 'admin',
    };
    const found = await readHistory(readsOf(call), query);
    if (!found) return refuse(notFound);
    if (!csv) return reply(200, toHistoryAnswer(query, found));
    if (found.total > csvRowsMax) {
      return refuse(
        badRange(`the file would have ${found.total} lines, at most ${csvRowsMax}: ask for a shorter range`),
      );
    }
    const text = { content: toCsv(found.items.map(toHistoryItem)), type: 'text/csv; charset=utf-8' };
    return { ok: true, value: { status: 200, text } };
  },
});

const gaps = endpoint({
  ...routes.readGaps,
  handle: async (call) => {
    const { page, limit, ...asked } = call.query;
    const range = rangeOf(asked, call.now());
    const fault = rangeFault(range);
    if (fault) return refuse(fault);
    const query = { customerId: param(call, 'customerId'), range, page, limit };
    const found = await readGaps(readsOf(call), query);
    return found ? reply(200, toGapsAnswer(query, found)) : refuse(notFound);
  },
});

const cursor = endpoint({
  ...routes.readCursor,
  handle: async (call) => {
    const { principal } = call;
    const query = {
      customerId: param(call, 'customerId'),
      instanceId: call.query.instance_id,
      namespace: call.query.namespace,
      reporterId: principal.kind === 'reporter' ? principal.reporterId : null,
      clusterId: principal.kind === 'cluster' ? principal.clusterId : null,
    };
    const reads = readsOf(call);
    const found = await readCursor(reads, query);
    return found ? reply(200, toCursorAnswer(query, found, reads.now)) : refuse(notFound);
  },
});

export const usageReadEndpoints: readonly Endpoint[] = [clusterReporters, history, gaps, cursor];
