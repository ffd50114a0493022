/** `next`: leases the oldest due job of a cluster and renders what it is to do from the desired state of this moment. */
import * as clusterStore from '../../clusters/store.ts';
import type { LeasedJob } from '../../contracts/jobs.ts';
import { commit } from '../../db/client.ts';
import { ConstraintFailed } from '../../db/failure.ts';
import { releaseOf, renderValues } from '../../deployments/deployment.ts';
import { timeoutOf } from '../../deployments/job.ts';
import * as jobStore from '../../deployments/job-store.ts';
import * as deploymentStore from '../../deployments/store.ts';
import { newId } from '../../lib/ids.ts';
import { iso } from '../../lib/time.ts';
import { publicPem, sign } from '../../licences/keyring.ts';
import * as licenceStore from '../../licences/store.ts';
import { featuresOf } from '../../pricing/features.ts';
import { findDeploymentReporter } from '../../reporters/deployment-reporter-store.ts';
import type { Context } from '../deed.ts';

/** The leased job, or null when nothing is due. */
export async function leaseJob(context: Context, clusterId: string): Promise<LeasedJob | null> {
  const { db, now } = context;
  const leaseId = newId('lease', context.random);
  try {
    await commit(db, jobStore.lease({ clusterId, leaseId, now, timeoutBaseMs: context.settings.jobTimeoutMs }));
  } catch (error) {
    // Another job of the customer became active in between: there will be another doorbell.
    if (error instanceof ConstraintFailed) return null;
    throw error;
  }
  const job = await jobStore.findByLease(db, leaseId);
  return job ? await render(context, job) : null;
}

async function render(context: Context, job: jobStore.JobRow): Promise<LeasedJob> {
  const { db, settings } = context;
  const found = await deploymentStore.findForRender(db, job.customerId);
  const reporter = await findDeploymentReporter(db, job.customerId);
  const cluster = await clusterStore.find(db, job.clusterId);
  const { leaseId, leaseUntil, leasedGeneration, leasedPhase } = job;
  if (!found || !reporter || !cluster || !leaseId || !leaseUntil || !leasedGeneration || !leasedPhase) {
    throw new Error(`the leased job ${job.id} has no deployment, reporter or cluster`);
  }
  const { customer, deployment } = found;
  const licence = await firstLicence(context, customer.id);
  return {
    job: {
      id: job.id,
      verb: job.verb,
      customer_id: customer.id,
      short_id: customer.shortId,
      namespace: deployment.namespace,
      release: releaseOf(customer.shortId),
    },
    lease_id: leaseId,
    generation: leasedGeneration,
    attempt: job.failedRuns + job.lostLeases + 1,
    lease_until: iso(leaseUntil),
    server_time: iso(context.now),
    timeout_ms: timeoutOf(deployment.plan, settings.jobTimeoutMs),
    phase: leasedPhase,
    values: renderValues({
      customerId: customer.id,
      shortId: customer.shortId,
      organisationId: customer.organisationId,
      companyName: customer.companyName,
      email: customer.email,
      plan: deployment.plan,
      phase: leasedPhase,
      draining: deployment.drainWindowEnd !== null,
      storageClass: cluster.cluster.storageClass,
      baseDomain: settings.baseDomain,
      billingApiUrl: settings.publicUrl,
      publicKeyPem: licence.publicKeyPem,
      monitoring: featuresOf(deployment.plan, 'active').monitoring,
    }),
    licence: licence.token,
    reporter_id: reporter.id,
  };
}

/**
 * The newest licence, revoked or not (an instance that is being suspended keeps the one it has), with the public half of
 * the key that signed it: licence and key go together.
 */
async function firstLicence({ db, keyring: open }: Context, customerId: string) {
  const keyring = await open();
  const row = await licenceStore.newest(db, customerId);
  const signed = row ? ((await sign(keyring, row.claims, row.kid)) ?? (await sign(keyring, row.claims))) : null;
  const publicKeyPem = signed && (await publicPem(keyring, signed.kid));
  if (!signed || publicKeyPem === null) throw new Error(`the customer ${customerId} has no licence`);
  return { token: signed.token, publicKeyPem };
}
