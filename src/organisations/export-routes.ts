/** What leaves for other programs: exports as CSV, JSON and FOCUS, and metrics for Prometheus. */
import type { Failure } from '../contracts/failures.ts';
import * as routes from '../contracts/routes/organisation-billing.ts';
import { type Endpoint, endpoint, reply, type TextAnswer } from '../http/endpoint.ts';
import { err, ok, type Result } from '../lib/result.ts';
import { iso, msOrNull } from '../lib/time.ts';
import type { UsageReads } from '../workflows/metering/usage-reads.ts';
import { type Asker, findScope } from '../workflows/organisations/find-scope.ts';
import { listProjects } from '../workflows/organisations/list-projects.ts';
import { readFocus } from '../workflows/organisations/read-focus.ts';
import { readNow } from '../workflows/organisations/read-now.ts';
import { readTrends, type TrendsQuery } from '../workflows/organisations/read-trends.ts';
import { toProject, toTrends } from './billing-wire.ts';
import { type Export, focusStream, toCsv, toProjectRows, toTrendRows } from './export-wire.ts';
import { invalid } from './invalid.ts';
import { metricsText, metricsType } from './metrics-text.ts';
import { monthName } from './month.ts';
import { byOf } from './series.ts';

const csvType = 'text/csv; charset=utf-8';
/** All of them in one file. */
const projectsMax = 10_000;

const fileAnswer = (name: string, content: TextAnswer['text']['content']): TextAnswer => ({
  status: 200,
  text: { content, type: csvType },
  headers: { 'content-disposition': `attachment; filename="${name}"` },
});

async function projectsOf(reads: UsageReads, asker: Asker, namespace?: string): Promise<Result<Export, Failure>> {
  if (namespace !== undefined) return err(invalid('namespace', 'is for trends and focus'));
  const found = await listProjects(reads, asker, { sort: 'namespace', page: 1, limit: projectsMax });
  return found.ok ? ok(toProjectRows(found.value.items.map(toProject))) : found;
}

async function trendsOf(
  reads: UsageReads,
  asker: Asker,
  query: TrendsQuery,
  by: string,
): Promise<Result<Export, Failure>> {
  const found = await readTrends(reads, asker, query);
  return found.ok ? ok(toTrendRows(toTrends(found.value, { granularity: query.granularity, by }))) : found;
}

const exported = endpoint({
  ...routes.exportBilling,
  handle: async (call) => {
    const { db, env, now, principal } = call;
    const reads = { db, shards: env.usageShards, now: now() };
    const { what, format, month, organisation, from, to, by, ...query } = call.query;
    const asker = { principal, organisation };
    if (format === 'focus') {
      const focus = await readFocus(reads, asker, { month, namespace: query.namespace, cluster: query.cluster });
      if (!focus.ok) return focus;
      const name = `focus-${focus.value.organisation.slug}-${monthName(focus.value.month)}.csv`;
      return ok(fileAnswer(name, focusStream(focus.value)));
    }
    if (month !== undefined) return err(invalid('month', 'is for focus: trends take from and to'));
    const rows =
      what === 'projects'
        ? await projectsOf(reads, asker, query.namespace)
        : await trendsOf(reads, asker, { ...query, from: msOrNull(from), to: msOrNull(to), by: byOf(by) }, by);
    if (!rows.ok) return rows;
    if (format === 'csv') return ok(fileAnswer(`${what}.csv`, toCsv(rows.value)));
    return reply(200, { success: true, data: rows.value, timestamp: iso(reads.now) });
  },
});

const metrics = endpoint({
  ...routes.readBillingMetrics,
  handle: async ({ db, env, now, principal, query }) => {
    const reads = { db, shards: env.usageShards, now: now() };
    const scope = await findScope(reads, { principal, organisation: query.organisation });
    if (!scope.ok) return scope;
    const projects = (await readNow(reads, scope.value)).map(({ project, meters, hourCents, asOf }) => ({
      namespace: project.namespace,
      clusterId: project.clusterId,
      meters: meters.map(({ rate, cents }) => ({ meter: rate.meter, cents })),
      hourCents,
      asOf,
    }));
    return ok({ status: 200, text: { content: metricsText(projects), type: metricsType } });
  },
});

export const exportEndpoints: readonly Endpoint[] = [exported, metrics];
