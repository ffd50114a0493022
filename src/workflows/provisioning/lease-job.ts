/** `next`: leases the oldest due job of a cluster and renders what it is to do from the desired state of this moment. */
import type { ChartValues, JobAction, Phase, Verb } from '../../contracts/jobs.ts';
import { commit } from '../../db/client.ts';
import { ConstraintFailed } from '../../db/failure.ts';
import { renderValues, stackOf } from '../../deployments/deployment.ts';
import { timeoutOf } from '../../deployments/job.ts';
import * as jobStore from '../../deployments/job-store.ts';
import { findLeased, type Leased } from '../../deployments/leased-store.ts';
import { newId } from '../../lib/ids.ts';
import { publicPem, sign } from '../../licences/keyring.ts';
import type { LicenceRow } from '../../licences/store.ts';
import { insertApplicationReporter } from '../../reporters/deployment-reporter-store.ts';
import type { Context } from '../deed.ts';

/** A leased job and what its run needs; times are ms. */
export interface RenderedJob {
  jobId: string;
  verb: Verb;
  action: JobAction;
  customerId: string;
  shortId: string;
  namespace: string;
  leaseId: string;
  leaseUntil: number;
  generation: number;
  /** From 1. */
  attempt: number;
  timeoutMs: number;
  phase: Phase;
  /** The database has run and its data is kept. */
  expectsData: boolean;
  /** The uid of the volume claim that holds the data; null where none has been told. */
  claimUid: string | null;
  values: ChartValues;
  /** The licence token for the instance's first start. */
  licence: string;
  /** The exporter's reporter. */
  reporterId: string;
  /** The application's; null where an admin's reporter has its name. */
  applicationReporterId: string | null;
}

/** The leased job, or null when nothing is due. */
export async function leaseJob(context: Context, clusterId: string): Promise<RenderedJob | null> {
  const { db, now } = context;
  const leaseId = newId('lease', context.random);
  try {
    await commit(db, [
      ...jobStore.lease({ clusterId, leaseId, now, timeoutBaseMs: context.settings.jobTimeoutMs }),
      insertApplicationReporter({ id: newId('reporter', context.random), leaseId, now }),
    ]);
  } catch (error) {
    // Another job of the customer became active in between: there will be another doorbell.
    if (error instanceof ConstraintFailed) return null;
    throw error;
  }
  const leased = await findLeased(db, leaseId);
  return leased ? await render(context, leased) : null;
}

async function render(context: Context, leased: Leased): Promise<RenderedJob> {
  const { settings } = context;
  const { job, deployment, customer, cluster, reporter, application, plan } = leased;
  const { leaseId, leaseUntil, leasedGeneration, leasedPhase } = job;
  if (!leaseId || !leaseUntil || !leasedGeneration || !leasedPhase) throw new Error(`the job ${job.id} is not leased`);
  const licence = await firstLicence(context, leased.licence);
  return {
    jobId: job.id,
    verb: job.verb,
    action: job.action,
    customerId: customer.id,
    shortId: customer.shortId,
    namespace: deployment.namespace,
    leaseId,
    leaseUntil,
    generation: leasedGeneration,
    attempt: job.failedRuns + job.lostLeases + job.clusterFailures + 1,
    timeoutMs: timeoutOf(plan.chart.timeoutFactor, settings.jobTimeoutMs),
    phase: leasedPhase,
    expectsData: deployment.expectsData,
    claimUid: deployment.claimUid,
    values: renderValues({
      customerId: customer.id,
      shortId: customer.shortId,
      organisationId: customer.organisationId,
      companyName: customer.companyName,
      email: customer.email,
      plan: deployment.plan,
      stack: stackOf(leasedPhase, deployment.drainWindowEnd),
      storageClass: cluster.storageClass,
      baseDomain: settings.baseDomain,
      billingApiUrl: settings.publicUrl,
      publicKeyPem: licence.publicKeyPem,
      monitoring: plan.monitoring,
      quota: plan.chart.quota,
      hasApplicationReporter: application !== null,
    }),
    licence: licence.token,
    reporterId: reporter.id,
    applicationReporterId: application?.id ?? null,
  };
}

/**
 * The newest licence, revoked or not (an instance that is being suspended keeps the one it has), with the public half of
 * the key that signed it: licence and key go together.
 */
async function firstLicence({ keyring: open }: Context, row: LicenceRow) {
  const keyring = await open();
  const signed = (await sign(keyring, row.claims, row.kid)) ?? (await sign(keyring, row.claims));
  const publicKeyPem = signed && (await publicPem(keyring, signed.kid));
  if (!signed || publicKeyPem === null) throw new Error('the key set is empty');
  return { token: signed.token, publicKeyPem };
}
