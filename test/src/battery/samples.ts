/**
 * One good request for every route of the app, by `METHOD path`. The battery bends each of them in every way it knows;
 * a route that is mounted and not here fails it.
 */
import { shippedPlans } from '../../harness/worker/plans.ts';
import type { Fixture } from './fixture.ts';

export interface Sample {
  /** Fills the path's parameters. */
  params?: (f: Fixture) => Record<string, string>;
  query?: string;
  body?: (f: Fixture) => unknown;
  /** A field of the body and a value of the wrong type for it. */
  wrongType?: Record<string, unknown>;
  /** Usage bodies come from exporters that may be newer: unknown fields are ignored there, not refused. */
  toleratesUnknownFields?: true;
}

const mine = (f: Fixture) => ({ customerId: f.customerId });
/** Somebody who may be deactivated: the battery's own customer must keep its keys. */
const victim = (f: Fixture) => ({ customerId: f.victimId });
const job = (f: Fixture) => ({ jobId: f.jobId });
const lease = `lease_${'0'.repeat(32)}`;
const empty = () => ({});

export const samples: Record<string, Sample> = {
  'GET /health': {},
  'GET /ready': {},
  'POST /api/customers/signup': {
    body: () => ({ email: 'battery@example.com', company_name: 'Battery' }),
    wrongType: { email: 7 },
  },
  'POST /api/customers': { body: () => ({ email: 'b2@example.com', company_name: 'B2' }), wrongType: { plan: 'gold' } },
  'GET /api/customers': { query: '?page=1&limit=5' },
  'GET /api/customers/:customerId': { params: mine },
  'POST /api/customers/:customerId/deactivate': { params: victim, body: empty, wrongType: { reason: 3 } },
  'POST /api/customers/:customerId/reactivate': { params: victim, body: empty },
  'GET /api/customers/:customerId/deployment': { params: mine },
  'POST /api/customers/:customerId/deployment/redeploy': {
    params: victim,
    body: () => ({ reason: 'r' }),
    wrongType: { reason: 1 },
  },
  'POST /api/customers/:customerId/deployment/drift': { params: victim, body: empty, wrongType: { correct: 'yes' } },
  'POST /api/customers/:customerId/api-keys': { params: mine, body: empty, wrongType: { name: [] } },
  'GET /api/customers/:customerId/api-keys': { params: mine },
  'DELETE /api/customers/:customerId/api-keys/:keyId': { params: (f) => ({ ...mine(f), keyId: 'key_none' }) },
  'POST /api/customers/:customerId/api-keys/:keyId/rotate': {
    params: (f) => ({ ...mine(f), keyId: 'key_none' }),
    body: empty,
    wrongType: { overlap_seconds: -1 },
  },
  'GET /api/credentials': { query: '?kind=account' },
  'DELETE /api/credentials/:credentialId': { params: () => ({ credentialId: 'key_none' }) },
  'POST /api/admin-tokens': { body: () => ({ name: 'battery', role: 'viewer' }), wrongType: { role: 'king' } },
  'POST /api/clusters': {
    body: () => ({ cluster_id: 'battery', queue_binding: 'DOORBELL_LOCAL' }),
    wrongType: { namespaces_max: 'many' },
  },
  'GET /api/clusters': {},
  'POST /api/clusters/:clusterId/tokens': { params: () => ({ clusterId: 'local' }), body: empty },
  'POST /api/clusters/:clusterId/keys': { params: () => ({ clusterId: 'local' }), body: empty },
  'GET /api/organisations': {},
  'GET /api/licenses/public-key': {},
  'GET /.well-known/jwks.json': {},
  'POST /api/licenses/reissue': {
    body: (f) => ({ customer_ids: [f.victimId], reason: 'r' }),
    wrongType: { customer_ids: 'all' },
  },
  'POST /api/licenses/validate': { body: () => ({ license: 'x.y.z' }), wrongType: { license: 1 } },
  'GET /api/licenses/:customerId': { params: mine },
  'GET /api/licenses/:customerId/history': { params: mine },
  'POST /api/licenses/:customerId/revoke': { params: victim, body: () => ({ reason: 'r' }), wrongType: { reason: {} } },
  'GET /api/queue/stats': {},
  'GET /api/queue/jobs': { query: '?state=waiting' },
  'GET /api/queue/jobs/:jobId': { params: job },
  'GET /api/queue/jobs/:jobId/logs': { params: job, query: '?after=0' },
  'GET /api/queue/history': { query: '?hours=2' },
  'GET /api/queue/groups': { query: '?state=failed' },
  'GET /api/queue/pauses': {},
  'POST /api/queue/jobs/:jobId/retry': { params: job, body: empty, wrongType: { reason: 1 } },
  'POST /api/queue/jobs/:jobId/promote': { params: job, body: empty, wrongType: { reason: 1 } },
  'DELETE /api/queue/jobs/:jobId': { params: () => ({ jobId: 'job_none' }) },
  'POST /api/queue/clean': {
    body: () => ({ state: 'completed', older_than_seconds: 86_400 }),
    wrongType: { limit: 1001 },
  },
  // A cluster that does not exist: the battery's own must go on.
  'POST /api/queue/pause': { body: () => ({ cluster_id: 'none', reason: 'r' }), wrongType: { reason: 1 } },
  'POST /api/queue/resume': { body: () => ({ cluster_id: 'none', reason: 'r' }), wrongType: { reason: 1 } },
  'POST /api/queue/bulk': {
    body: () => ({ action: 'retry', ids: [`job_${'0'.repeat(32)}`] }),
    wrongType: { rate: 0 },
  },
  'GET /api/queue/batches/:batchId': { params: () => ({ batchId: `bat_${'0'.repeat(32)}` }) },
  'GET /api/outbox': { query: '?state=never' },
  'POST /api/outbox/:outboxId/retry': {
    params: () => ({ outboxId: 'out_none' }),
    body: () => ({ reason: 'r' }),
    wrongType: { reason: 1 },
  },
  'POST /api/outbox/:outboxId/drop': {
    params: () => ({ outboxId: 'out_none' }),
    body: () => ({ reason: 'r' }),
    wrongType: { reason: 1 },
  },
  'POST /api/provisioner/jobs/next': { body: empty },
  'POST /api/provisioner/jobs/:jobId/progress': {
    params: job,
    body: () => ({ lease_id: lease, percent: 1, message: 'm' }),
    wrongType: { percent: 'x' },
  },
  'POST /api/provisioner/jobs/:jobId/logs': {
    params: job,
    body: () => ({
      lease_id: lease,
      lines: [{ number: 1, at: '2026-11-20T12:00:00.000Z', level: 'info', line: 'l' }],
    }),
    wrongType: { lines: 'none' },
  },
  'POST /api/provisioner/jobs/:jobId/complete': {
    params: job,
    body: () => ({ lease_id: lease, generation: 1 }),
    wrongType: { generation: 1.5 },
  },
  'POST /api/provisioner/jobs/:jobId/fail': {
    params: job,
    body: () => ({ lease_id: lease, generation: 1, code: 'c', message: 'm', events: [], retryable: true }),
    wrongType: { events: 'none' },
  },
  'PUT /api/provisioner/reporters/:reporterId': {
    params: (f) => ({ reporterId: f.reporterId }),
    body: () => ({ lease_id: lease, key_hash: 'a'.repeat(64) }),
    wrongType: { key_hash: 'short' },
  },
  'POST /api/customers/:customerId/reporters': {
    params: mine,
    body: () => ({ instance_id: 'battery', namespaces: ['battery-extra'] }),
    wrongType: { window_seconds: 61 },
  },
  'GET /api/customers/:customerId/reporters': { params: mine },
  'POST /api/customers/:customerId/reporters/:reporterId/end': {
    params: (f) => ({ ...mine(f), reporterId: f.reporterId }),
    body: empty,
    wrongType: { active_until: 'tomorrow' },
  },
  'POST /api/usage/report': {
    body: (f) => ({ customer_id: f.customerId, instance_id: 'battery', cpu_hours: 1 }),
    wrongType: { cpu_hours: 'many' },
    toleratesUnknownFields: true,
  },
  'POST /api/usage/batch': {
    body: (f) => ({ reports: [{ customer_id: f.customerId, instance_id: 'battery', cpu_hours: 1 }] }),
    wrongType: { reports: 'none' },
    toleratesUnknownFields: true,
  },
  'GET /api/usage/reviews': {},
  'GET /api/dead-letters': { query: '?state=open' },
  'GET /api/dead-letters/groups': {},
  'POST /api/dead-letters/replay': { body: () => ({ code: 'none' }), wrongType: { rate: 51 } },
  'POST /api/dead-letters/:id/replay': { params: () => ({ id: `dead_${'0'.repeat(32)}` }), body: empty },
  'DELETE /api/dead-letters/:id': {
    params: () => ({ id: `dead_${'0'.repeat(32)}` }),
    body: () => ({ reason: 'r' }),
    wrongType: { reason: 1 },
  },
  'GET /api/usage/:customerId': { params: mine },
  'GET /api/usage/:customerId/gaps': { params: mine },
  'GET /api/usage/:customerId/cursor': { params: mine, query: '?instance_id=battery' },
  'GET /api/usage/:customerId/cost': { params: mine },
  'GET /api/plans': {},
  'POST /api/plans/check': { body: () => ({ yaml: 'plans: {}' }), wrongType: { yaml: 1 } },
  'POST /api/plans/publish': { body: () => ({ yaml: shippedPlans }), wrongType: { yaml: [] } },
  'POST /api/plans/:plan/migrate': {
    params: () => ({ plan: 'starter' }),
    body: () => ({ from_version: '2026-11', to_version: '2026-11-application', all: true, at: 'period_end' }),
    wrongType: { at: 'now' },
  },
  'POST /api/simulations': { body: () => ({ yaml: shippedPlans }), wrongType: { period: 5 } },
  'GET /api/simulations/:simulationId': { params: () => ({ simulationId: `sim_${'0'.repeat(32)}` }) },
  'POST /api/usage/:customerId/simulate': {
    params: mine,
    body: () => ({ yaml: shippedPlans }),
    wrongType: { plan_versions: 'all' },
  },
  'GET /api/usage/:customerId/forecast': { params: mine },
  'GET /api/customers/:customerId/periods': { params: mine, query: '?page=1' },
  'GET /api/customers/:customerId/overrides': { params: mine },
  'GET /api/usage/:customerId/meters': { params: mine },
  'PUT /api/customers/:customerId/overrides': {
    params: mine,
    body: () => ({ allowances: {} }),
    wrongType: { prices: { cpu_core_ms: -1 } },
  },
};
