/** Routes of organisation billing: what projects cost, for an organisation's people and for admins. */
import * as routes from '../contracts/routes/organisation-billing.ts';
import type { Principal } from '../credentials/principal.ts';
import { deed } from '../http/deed.ts';
import { type Endpoint, endpoint, json, param, reply } from '../http/endpoint.ts';
import { iso, msOrNull } from '../lib/time.ts';
import { version } from '../lib/version.ts';
import type { Services } from '../services.ts';
import { contextOf } from '../wiring.ts';
import type { Asker } from '../workflows/organisations/find-scope.ts';
import { listProjects } from '../workflows/organisations/list-projects.ts';
import { readAttribution } from '../workflows/organisations/read-attribution.ts';
import { readBillingHealth } from '../workflows/organisations/read-billing-health.ts';
import { readOverview } from '../workflows/organisations/read-overview.ts';
import { readSummary } from '../workflows/organisations/read-summary.ts';
import { readTrends } from '../workflows/organisations/read-trends.ts';
import { setLabels } from '../workflows/organisations/set-labels.ts';
import { toAttribution, toOverview, toProject, toSummary, toTrends } from './billing-wire.ts';
import { byOf } from './series.ts';

/** Who asks, and for which organisation. */
const askerOf = ({
  principal,
  query,
}: {
  principal: Principal;
  query: { organisation?: string | undefined };
}): Asker => ({
  principal,
  organisation: query.organisation,
});

/** The envelope of an answer. */
const enveloped = <T>({ now }: Services, data: T) => ({ success: true as const, data, timestamp: iso(now()) });

/** Nothing is kept of these answers: each is as old as its reading (docs/organisations.md). */
const fresh = { age: '0' };

const health = endpoint({
  ...routes.readBillingHealth,
  handle: async (call) => {
    const found = await readBillingHealth(contextOf(call), askerOf(call));
    if (!found.ok) return found;
    const usage_as_of = found.value.asOf === null ? null : iso(found.value.asOf);
    return reply(200, enveloped(call, { status: 'ok' as const, version, database: 'connected' as const, usage_as_of }));
  },
});

const projects = endpoint({
  ...routes.listBillingProjects,
  handle: async (call) => {
    const { page, limit } = call.query;
    const found = await listProjects(contextOf(call), askerOf(call), call.query);
    if (!found.ok) return found;
    const { items, total } = found.value;
    return reply(200, enveloped(call, { items: items.map(toProject), total, page, limit }));
  },
});

const overview = endpoint({
  ...routes.readProjectOverview,
  handle: async (call) => {
    const named = { namespace: param(call, 'namespace'), cluster: call.query.cluster };
    const found = await readOverview(contextOf(call), askerOf(call), named);
    return found.ok ? reply(200, enveloped(call, toOverview(found.value)), fresh) : found;
  },
});

const summary = endpoint({
  ...routes.readBillingSummary,
  handle: async (call) => {
    const found = await readSummary(contextOf(call), askerOf(call), call.query.month);
    return found.ok ? reply(200, enveloped(call, toSummary(found.value)), fresh) : found;
  },
});

const trends = endpoint({
  ...routes.readBillingTrends,
  handle: async (call) => {
    const { from, to, by, ...asked } = call.query;
    const query = { ...asked, from: msOrNull(from), to: msOrNull(to), by: byOf(by) };
    const found = await readTrends(contextOf(call), askerOf(call), query);
    return found.ok ? reply(200, enveloped(call, toTrends(found.value, call.query))) : found;
  },
});

const attribution = endpoint({
  ...routes.readAttribution,
  handle: async (call) => {
    const { month, by } = call.query;
    const found = await readAttribution(contextOf(call), askerOf(call), { month, key: by.slice('label:'.length) });
    return found.ok ? reply(200, enveloped(call, toAttribution(found.value))) : found;
  },
});

const labels = deed({
  ...routes.putProjectLabels,
  plan: (context, call) =>
    setLabels(context, askerOf(call), {
      namespace: param(call, 'namespace'),
      cluster: call.query.cluster,
      labels: call.body,
    }),
  answer: ({ namespace, clusterId, labels: given }, call) =>
    json(200, enveloped(call, { namespace, cluster_id: clusterId, labels: { ...given } })),
});

export const organisationBillingEndpoints: readonly Endpoint[] = [
  health,
  projects,
  overview,
  summary,
  trends,
  attribution,
  labels,
];
