/**
 * One good request for every route of the app, by `METHOD path`. The battery bends each of them in every way it knows;
 * a route that is mounted and not here fails it.
 */
import { rootToken } from '../../harness/worker/api.ts';
import { shippedPlans } from '../../harness/worker/plans.ts';
import { billingSamples } from './billing-samples.ts';
import { type Fixture, organisationSlug } from './fixture.ts';
import type { Sample } from './sample.ts';
import { stripeSamples } from './stripe-samples.ts';
import { subscriptionSamples } from './subscription-samples.ts';

const mine = (f: Fixture) => ({ customerId: f.customerId });
/** Somebody who may be deactivated: the battery's own customer must keep its keys. */
const victim = (f: Fixture) => ({ customerId: f.victimId });
const job = (f: Fixture) => ({ jobId: f.jobId });
const organisation = (f: Fixture) => ({ organisationId: f.organisationId });
/** The battery's own people must be able to come in until its end. */
const noOrganisation = () => ({ organisationId: `org_${'0'.repeat(32)}` });
const lease = `lease_${'0'.repeat(32)}`;
const empty = () => ({});
/** The battery's organisation, as an admin names it. */
const ofOrganisation = `?organisation=${organisationSlug}`;
const itsNamespace = (f: Fixture) => ({ namespace: f.namespace });

const review = () => ({ reviewId: `rvw_${'0'.repeat(32)}` });

export const samples: Record<string, Sample> = {
  'GET /health': {},
  'GET /ready': {},
  'GET /api/openapi.json': {},
  'GET /api/docs': {},
  'POST /api/customers/signup': {
    body: () => ({ email: 'battery@example.com', company_name: 'Battery' }),
    wrongType: { email: 7 },
  },
  'POST /api/customers/signup/verify': { body: (f) => ({ token: f.verification }), wrongType: { token: 7 } },
  'POST /api/customers': { body: () => ({ email: 'b2@example.com', company_name: 'B2' }), wrongType: { plan: 'gold' } },
  'GET /api/customers': { query: '?page=1&limit=5' },
  'GET /api/customers/:customerId': { params: mine },
  'POST /api/customers/:customerId/deactivate': { params: victim, body: empty, wrongType: { reason: 3 } },
  'POST /api/customers/:customerId/reactivate': { params: victim, body: empty },
  ...subscriptionSamples,
  ...stripeSamples,
  ...billingSamples,
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
  'POST /api/sessions': { body: () => ({ admin_token: rootToken }), wrongType: { email: 7 } },
  'POST /api/sessions/links': { body: () => ({ email: 'nobody@example.com' }), wrongType: { email: 7 } },
  'GET /api/sessions/current': {},
  'GET /api/sessions': { query: '?page=1' },
  'DELETE /api/sessions': {},
  'DELETE /api/sessions/:sessionId': { params: () => ({ sessionId: 'ses_none' }) },
  'PUT /api/sessions/password': { body: () => ({ new: 'a long password' }), wrongType: { new: 7 } },
  'GET /api/customers/:customerId/members': { params: mine },
  'POST /api/customers/:customerId/members': {
    params: mine,
    body: () => ({ email: 'battery-member@example.com', role: 'viewer' }),
    wrongType: { role: 'king' },
  },
  'DELETE /api/customers/:customerId/members/:memberId': { params: (f) => ({ ...mine(f), memberId: 'mem_none' }) },
  'GET /api/credentials': { query: '?kind=account' },
  'DELETE /api/credentials/:credentialId': { params: () => ({ credentialId: 'key_none' }) },
  'POST /api/credentials/:credentialId/rotate': {
    params: () => ({ credentialId: 'key_none' }),
    body: empty,
    wrongType: { overlap_seconds: -1 },
  },
  'POST /api/admin-tokens': { body: () => ({ name: 'battery', role: 'viewer' }), wrongType: { role: 'king' } },
  'POST /api/clusters': {
    body: () => ({ cluster_id: 'battery', queue_binding: 'DOORBELL_LOCAL' }),
    wrongType: { namespaces_max: 'many' },
  },
  'GET /api/clusters': {},
  'POST /api/clusters/:clusterId/tokens': { params: () => ({ clusterId: 'local' }), body: empty },
  'POST /api/clusters/:clusterId/keys': { params: () => ({ clusterId: 'local' }), body: empty },
  'GET /api/organisations': {},
  'POST /api/organisations': { body: () => ({ name: 'Battery' }), wrongType: { slug: 'No Slug' } },
  'GET /api/organisations/:organisationId': { params: organisation },
  'GET /api/organisations/:organisationId/issuer': { params: organisation },
  'PUT /api/organisations/:organisationId/issuer': {
    params: noOrganisation,
    body: () => ({ issuer: 'https://login.none.example', audience: 'a', client_id: 'c' }),
    wrongType: { issuer: 'nowhere' },
  },
  'DELETE /api/organisations/:organisationId/issuer': { params: noOrganisation },
  'GET /api/organisations/:organisationId/projects': { params: organisation },
  'POST /api/organisations/:organisationId/projects': {
    params: organisation,
    body: (f) => ({ cluster_id: 'local', namespace: 'battery-shop', customer_id: f.customerId }),
    wrongType: { namespace: 'No Namespace' },
  },
  'DELETE /api/organisations/:organisationId/projects/:clusterId/:namespace': {
    params: (f) => ({ ...organisation(f), clusterId: 'local', namespace: 'battery-shop' }),
  },
  'GET /api/sessions/oidc/start': { query: '?organisation=nobody' },
  'GET /api/sessions/oidc/callback': {},
  'GET /api/billing/health': { query: ofOrganisation },
  'GET /api/billing/projects': { query: ofOrganisation },
  'GET /api/billing/project/:namespace/overview': { params: itsNamespace, query: ofOrganisation },
  'GET /api/billing/summary': { query: ofOrganisation },
  'GET /api/billing/trends': { query: ofOrganisation },
  'GET /api/billing/attribution': { query: `${ofOrganisation}&by=label:team` },
  'PUT /api/billing/projects/:namespace/labels': {
    params: itsNamespace,
    query: ofOrganisation,
    body: () => ({ team: 'battery' }),
    wrongType: { team: 7 },
    // Its fields are labels.
    toleratesUnknownFields: true,
  },
  'GET /api/audit': { query: '?action=customer.' },
  'GET /api/billing/export': { query: `${ofOrganisation}&format=focus` },
  'GET /api/billing/metrics': { query: ofOrganisation },
  'GET /api/billing/audit': { query: ofOrganisation },
  'POST /api/billing/keys': { query: ofOrganisation, body: empty, wrongType: { name: 7 } },
  'GET /api/billing/live': { query: ofOrganisation },
  'GET /api/billing/keys': { query: ofOrganisation },
  'DELETE /api/billing/keys/:keyId': { query: ofOrganisation, params: () => ({ keyId: 'key_none' }) },
  'GET /api/licenses/public-key': {},
  'GET /api/licenses/revocations': {},
  'GET /api/licenses/keys': {},
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
  'GET /api/usage/gaps': {},
  'GET /api/usage/reviews': {},
  'POST /api/usage/reviews/:reviewId/accept': {
    params: review,
    body: () => ({ reason: 'seen' }),
    wrongType: { reason: 1 },
  },
  'POST /api/usage/reviews/:reviewId/reject': {
    params: review,
    body: () => ({ reason: 'seen' }),
    wrongType: { reason: 1 },
  },
  'POST /api/usage/reviews/decide': {
    body: () => ({ ids: [review().reviewId], decision: 'accept', reason: 'seen' }),
    wrongType: { ids: 'all' },
  },
  'GET /api/dead-letters': { query: '?state=open' },
  'GET /api/dead-letters/groups': {},
  'POST /api/dead-letters/replay': { body: () => ({ code: 'none' }), wrongType: { rate: 51 } },
  'POST /api/dead-letters/:id/replay': { params: () => ({ id: `dead_${'0'.repeat(32)}` }), body: empty },
  'DELETE /api/dead-letters/:id': {
    params: () => ({ id: `dead_${'0'.repeat(32)}` }),
    body: () => ({ reason: 'r' }),
    wrongType: { reason: 1 },
  },
  'GET /api/usage/corrections': { query: '?page=1' },
  'GET /api/usage/:customerId/corrections': { params: mine },
  'POST /api/usage/:customerId/corrections': {
    params: mine,
    body: () => ({
      kind: 'void',
      instance_id: 'battery',
      window_start: '2026-11-18T09:00:00Z',
      window_end: '2026-11-18T10:00:00Z',
      reason: 'r',
    }),
    wrongType: { quantities: 'many' },
  },
  'GET /api/usage/reporters': { query: '?page=1&limit=5' },
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
  'GET /api/invoices/:invoiceId/statement': { params: () => ({ invoiceId: `inv_${'0'.repeat(32)}` }) },
  'GET /.well-known/statement-keys.json': {},
  'GET /api/customers/:customerId/periods': { params: mine, query: '?page=1' },
  'GET /api/customers/:customerId/overrides': { params: mine },
  'GET /api/usage/:customerId/meters': { params: mine },
  'PUT /api/customers/:customerId/overrides': {
    params: mine,
    body: () => ({ allowances: {} }),
    wrongType: { prices: { cpu_core_ms: -1 } },
  },
};
