/** `next`: leases the oldest due job of a cluster and renders what it is to do from the desired state of this moment. */
import * as clusterStore from '../clusters/store.ts';
import type { LeasedJob } from '../contracts/jobs.ts';
import { ConstraintFailed, commit } from '../db/client.ts';
import { releaseOf, renderValues } from '../deployments/deployment.ts';
import { timeoutOf } from '../deployments/job.ts';
import * as jobStore from '../deployments/job-store.ts';
import * as deploymentStore from '../deployments/store.ts';
import { newId } from '../lib/ids.ts';
import { iso } from '../lib/time.ts';
import { type Keyring, publicPem, sign } from '../licences/keyring.ts';
import * as licenceStore from '../licences/store.ts';
import { featuresOf } from '../pricing/features.ts';
import { findDeploymentReporter } from '../reporters/deployment-reporter-store.ts';
import type { Deps } from './deps.ts';

export interface LeaseSettings {
  timeoutBaseMs: number;
  baseDomain: string;
  publicUrl: string;
  keyring: Keyring;
}

/** The leased job, or null when nothing is due. */
export async function leaseJob(deps: Deps, settings: LeaseSettings, clusterId: string): Promise<LeasedJob | null> {
  const { db, now } = deps;
  const leaseId = newId('lease', deps.random);
  try {
    await commit(db, jobStore.lease(db, { clusterId, leaseId, now, timeoutBaseMs: settings.timeoutBaseMs }));
  } catch (error) {
    // Another job of the customer became active in between: there will be another doorbell.
    if (error instanceof ConstraintFailed) return null;
    throw error;
  }
  const job = await jobStore.findByLease(db, leaseId);
  return job ? await render(deps, settings, job) : null;
}

async function render(deps: Deps, settings: LeaseSettings, job: jobStore.JobRow): Promise<LeasedJob> {
  const { db } = deps;
  const found = await deploymentStore.findForRender(db, job.customerId);
  const reporter = await findDeploymentReporter(db, job.customerId);
  const cluster = await clusterStore.find(db, job.clusterId);
  const { leaseId, leaseUntil, leasedGeneration, leasedPhase } = job;
  if (!found || !reporter || !cluster || !leaseId || !leaseUntil || !leasedGeneration || !leasedPhase) {
    throw new Error(`the leased job ${job.id} has no deployment, reporter or cluster`);
  }
  const { customer, deployment } = found;
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
    server_time: iso(deps.now),
    timeout_ms: timeoutOf(deployment.plan, settings.timeoutBaseMs),
    action: 'reconcile',
    phase: leasedPhase,
    expects_data: false,
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
      publicKeyPem: await publicPem(settings.keyring),
      monitoring: featuresOf(deployment.plan, 'active').monitoring,
    }),
    licence: await firstLicence(deps, settings.keyring, customer.id),
    reporter_id: reporter.id,
  };
}

/** The newest licence, revoked or not: an instance that is being suspended keeps the one it has. */
async function firstLicence(deps: Deps, keyring: Keyring, customerId: string): Promise<string> {
  const row = await licenceStore.newest(deps.db, customerId);
  const signed = row ? ((await sign(keyring, row.claims, row.kid)) ?? (await sign(keyring, row.claims))) : null;
  if (!signed) throw new Error(`the customer ${customerId} has no licence`);
  return signed.token;
}
