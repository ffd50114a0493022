/** GET routes of usage: history, gaps, cursor. */

import { type Failure, notFound } from '../contracts/failures.ts';
import { cursorAnswer, cursorQuery, gapsAnswer, gapsQuery, historyAnswer, historyQuery } from '../contracts/usage.ts';
import { type Endpoint, endpoint, param, refuse, reply } from '../http/endpoint.ts';
import type { Services } from '../services.ts';
import {
  type RangeQuery,
  rangeOf,
  readCursor,
  readGaps,
  readHistory,
  type UsageReads,
} from '../workflows/metering/read-usage.ts';
import { toCsv } from './csv.ts';

export const readsOf = (services: Services): UsageReads => ({
  db: services.db,
  shards: services.env.usageShards,
  now: services.now(),
});

const daysMax = 400;
/** By day a range is widened to whole days: the range of an answer may be asked for again. */
const widenedDaysMax = daysMax + 1;
const dayMs = 86_400_000;

const badRange = (message: string): Failure => ({
  code: 'validation_failed',
  message,
  details: { issues: [{ path: 'from', message }] },
});

/** A range that runs backwards or is longer than the longest answer. */
function rangeFault(query: RangeQuery, now: number): Failure | null {
  const { from, to } = rangeOf(query, now);
  if (from < to && to - from <= widenedDaysMax * dayMs) return null;
  return badRange(from < to ? `the range may be at most ${daysMax} days` : 'from must be before to');
}

/** A file is not paged and never in part; this many lines are 400 days of hours of five namespaces. */
const csvRowsMax = 50_000;

const history = endpoint({
  method: 'get',
  path: '/api/usage/:customerId',
  summary: 'History by day or window, newest first, with totals of the range; format=csv for a file',
  allow: { admin: 'viewer', account: true },
  query: historyQuery,
  answers: { 200: historyAnswer },
  handle: async (call) => {
    const { query } = call;
    const fault = rangeFault(query, call.now());
    if (fault) return refuse(fault);
    const csv = query.format === 'csv';
    const answer = await readHistory(readsOf(call), param(call, 'customerId'), {
      ...query,
      ...(csv ? { page: 1, limit: csvRowsMax } : {}),
      withOwnCosts: call.principal.kind === 'admin',
    });
    if (!answer) return refuse(notFound);
    if (!csv) return reply(200, answer);
    if (answer.total > csvRowsMax) {
      return refuse(
        badRange(`the file would have ${answer.total} lines, at most ${csvRowsMax}: ask for a shorter range`),
      );
    }
    const text = { content: toCsv(answer.items), type: 'text/csv; charset=utf-8' };
    return { ok: true, value: { status: 200, text } };
  },
});

const gaps = endpoint({
  method: 'get',
  path: '/api/usage/:customerId/gaps',
  summary: 'Expected windows that nobody reported, and those that were not seen whole',
  allow: { admin: 'viewer', account: true },
  query: gapsQuery,
  answers: { 200: gapsAnswer },
  handle: async (call) => {
    const fault = rangeFault(call.query, call.now());
    if (fault) return refuse(fault);
    const answer = await readGaps(readsOf(call), param(call, 'customerId'), call.query);
    return answer ? reply(200, answer) : refuse(notFound);
  },
});

const cursor = endpoint({
  method: 'get',
  path: '/api/usage/:customerId/cursor',
  summary: 'Where a reporter goes on: the end of its last accounted window',
  allow: { reporter: true, cluster: true },
  query: cursorQuery,
  answers: { 200: cursorAnswer },
  handle: async (call) => {
    const { principal, query } = call;
    const answer = await readCursor(readsOf(call), {
      customerId: param(call, 'customerId'),
      instanceId: query.instance_id,
      namespace: query.namespace,
      reporterId: principal.kind === 'reporter' ? principal.reporterId : null,
      clusterId: principal.kind === 'cluster' ? principal.clusterId : null,
    });
    return answer ? reply(200, answer) : refuse(notFound);
  },
});

export const usageReadEndpoints: readonly Endpoint[] = [history, gaps, cursor];
