/** One customer's deployment: what is wanted, what was observed, and the orders to bring the two together. */
import { deploymentAnswer, driftBody, jobOrdered, redeployBody } from '../contracts/deployments.ts';
import { deed } from '../http/deed.ts';
import { type Endpoint, endpoint, json, reply } from '../http/endpoint.ts';
import { isoOrNull } from '../lib/time.ts';
import { checkDrift } from '../workflows/provisioning/check-drift.ts';
import { redeploy } from '../workflows/provisioning/redeploy.ts';
import { sentenceOf } from './reason.ts';

const read = endpoint({
  method: 'get',
  path: '/api/customers/:customerId/deployment',
  summary: 'What is wanted of the stack, what was observed, and what differs',
  allow: { admin: 'viewer', account: true },
  answers: { 200: deploymentAnswer },
  handle: async ({ customer: { deployment, subscription }, principal }) => {
    const admin = principal.kind === 'admin';
    return reply(200, {
      wanted: {
        phase: deployment.phase,
        plan: deployment.plan,
        chart_version: null,
        cluster_id: deployment.clusterId,
        generation: deployment.specGeneration,
      },
      observed: {
        generation: deployment.observedGeneration,
        status: deployment.status,
        reason_code: deployment.reasonCode,
        reason: admin ? deployment.reason : sentenceOf(deployment.reasonCode),
      },
      // A customer does not read the objects of the cluster.
      drift: admin ? (deployment.drift ?? []) : [],
      drift_checked_at: isoOrNull(deployment.driftCheckedAt),
      services: [],
      suspended_for: subscription.status === 'canceled' ? 'operator' : null,
    });
  },
});

const redeployRoute = deed({
  method: 'post',
  path: '/api/customers/:customerId/deployment/redeploy',
  summary: 'Bring the stack to what is wanted once more',
  allow: { admin: 'operator' },
  body: redeployBody,
  idempotent: true,
  answers: { 202: jobOrdered },
  plan: (context, { customer, body }) =>
    redeploy(context, customer, { reason: body.reason, acceptDataLoss: body.accept_data_loss ?? false }),
  answer: (jobId) => json(202, { job_id: jobId }),
});

const drift = deed({
  method: 'post',
  path: '/api/customers/:customerId/deployment/drift',
  summary: 'Compare the stack with what is wanted; `correct` brings it into line',
  allow: { admin: 'operator' },
  body: driftBody,
  idempotent: true,
  answers: { 202: jobOrdered },
  plan: (context, { customer, body }) =>
    body.correct
      ? redeploy(context, customer, { reason: 'drift', acceptDataLoss: false })
      : checkDrift(context, customer),
  answer: (jobId) => json(202, { job_id: jobId }),
});

export const deploymentEndpoints: readonly Endpoint[] = [read, redeployRoute, drift];
