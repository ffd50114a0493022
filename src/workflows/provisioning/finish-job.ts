/**
 * The result that a provisioner reports of a job's run. It counts only under the lease and the generation that the job has
 * now; any other result is refused and changes nothing.
 */
import { type Failure, notFound } from '../../contracts/failures.ts';
import type { DriftEntry, FailBody } from '../../contracts/jobs.ts';
import type { Write } from '../../db/write.ts';
import type { JobClaim } from '../../deployments/job-store.ts';
import * as jobStore from '../../deployments/job-store.ts';
import * as deploymentStore from '../../deployments/store.ts';
import { newId } from '../../lib/ids.ts';
import { err, ok, type Result } from '../../lib/result.ts';
import { ringWaiting } from '../../outbox/store.ts';
import type { Context, Plan, Planned } from '../deed.ts';

const leaseLost: Failure = { code: 'lease_lost', message: 'this lease no longer holds the job' };

type HeldJob = NonNullable<Awaited<ReturnType<typeof jobStore.findWithNext>>>;

/** The job that a result is of, when the claim to it holds as it is read; the batch's guard demands the same again. */
async function heldJob({ db, now }: Context, claim: JobClaim): Promise<Result<HeldJob, Failure>> {
  const job = await jobStore.findWithNext(db, claim.jobId);
  if (!job || job.clusterId !== claim.clusterId) return err(notFound);
  const held = job.state === 'active' && job.leaseId === claim.leaseId && (job.leaseUntil ?? 0) > now;
  if (!held) return err(leaseLost);
  if (job.leasedGeneration === claim.generation) return ok(job);
  return err({ code: 'generation_stale', message: `the lease is for generation ${job.leasedGeneration}` });
}

/**
 * What a result brings: the job's own statements, then a doorbell for whatever waits behind it. `rings`: whether something
 * is known to wait; a job that came in between is rung for by whoever made it.
 */
function finished(
  { random, now }: Context,
  job: Pick<jobStore.JobRow, 'id' | 'customerId'>,
  writes: readonly Write[],
  { action, ...details }: { action: string; [detail: string]: unknown },
  rings = true,
): Result<Plan<null>, never> {
  const doorbellId = newId('outbox', random);
  return ok({
    value: null,
    writes: [...writes, ringWaiting(job.customerId, doorbellId, now)],
    audit: [{ action, subject: job.id, details: { customer_id: job.customerId, ...details } }],
    outbox: rings ? [doorbellId] : [],
  });
}

/** What a run that did its work says: what differs, and the uid of the volume claim that holds the database's data. */
export interface Outcome {
  drift?: readonly DriftEntry[] | undefined;
  claimUid?: string | undefined | null;
}

/**
 * The run brought the deployment to its generation, or looked for what differs from it. Where something of the stack is
 * missing, it is brought back by another run, unless the stack is to be deleted by now.
 */
export async function completeJob(
  context: Context,
  claim: JobClaim,
  { drift = [], claimUid = null }: Outcome = {},
): Promise<Planned<null>> {
  const job = await heldJob(context, claim);
  if (!job.ok) return job;
  const { random, now } = context;
  const { customerId } = job.value;
  const timed = { ...claim, now };
  const details = { action: 'job.completed', generation: claim.generation, drift: drift.length };
  if (job.value.action === 'reconcile') {
    return finished(context, job.value, jobStore.complete(timed, drift, claimUid), details, job.value.waits);
  }
  const missing = !job.value.ends && drift.some(({ kind }) => kind === 'missing');
  const run = { customerId, verb: 'redeploy', jobId: newId('job', random), now } as const;
  const heal = missing ? deploymentStore.redeploy({ ...run, dataLost: false }) : [];
  return finished(context, job.value, [...jobStore.completeDrift(timed, drift, claimUid), ...heal], details);
}

/** The run failed: tried again while runs are left; one that trouble of the cluster ended waits for the cluster. */
export async function failJob(
  context: Context,
  claim: JobClaim,
  failure: Pick<FailBody, 'code' | 'message' | 'events' | 'retryable' | 'scope'>,
): Promise<Planned<null>> {
  const { now, settings } = context;
  const job = await heldJob(context, claim);
  if (!job.ok) return job;
  const run = { ...claim, now, failure, runsMax: settings.runsMax, backoffMs: settings.backoffMs };
  const writes = failure.scope === 'cluster' ? jobStore.postpone(run) : jobStore.fail(run);
  const details = { code: failure.code, scope: failure.scope ?? 'customer', generation: claim.generation };
  return finished(context, job.value, writes, { action: 'job.run_failed', ...details });
}
