/** One customer's deployment: what is wanted, what was observed, and the orders to bring the two together. */
import * as routes from '../contracts/routes/deployments.ts';
import { deed } from '../http/deed.ts';
import { type Endpoint, endpoint, json, reply } from '../http/endpoint.ts';
import { isoOrNull } from '../lib/time.ts';
import { checkDrift } from '../workflows/provisioning/check-drift.ts';
import { redeploy } from '../workflows/provisioning/redeploy.ts';
import { sentenceOf } from './reason.ts';

const read = endpoint({
  ...routes.readDeployment,
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
  ...routes.redeploy,
  plan: (context, { customer, body }) =>
    redeploy(context, customer, { reason: body.reason, acceptDataLoss: body.accept_data_loss ?? false }),
  answer: (jobId) => json(202, { job_id: jobId }),
});

const drift = deed({
  ...routes.checkDrift,
  plan: (context, { customer, body }) =>
    body.correct
      ? redeploy(context, customer, { reason: 'drift', acceptDataLoss: false })
      : checkDrift(context, customer),
  answer: (jobId) => json(202, { job_id: jobId }),
});

export const deploymentEndpoints: readonly Endpoint[] = [read, redeployRoute, drift];
