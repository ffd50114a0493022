/** Results of a run: they count only under their own lease and generation. Anything else is refused and changes nothing. */
import { type Failure, notFound } from '../../contracts/failures.ts';
import type { FailBody } from '../../contracts/jobs.ts';
import type { JobClaim } from '../../deployments/job-store.ts';
import * as jobStore from '../../deployments/job-store.ts';
import { ringWaiting } from '../../deployments/store.ts';
import { newId } from '../../lib/ids.ts';
import { err, ok, type Result } from '../../lib/result.ts';
import type { Context, Planned } from '../deed.ts';

const leaseLost: Failure = { code: 'lease_lost', message: 'this lease no longer holds the job' };

/** The job that a result is of, when the claim to it holds as it is read; the batch's guard demands the same again. */
async function heldJob({ db, now }: Context, claim: JobClaim): Promise<Result<jobStore.JobRow, Failure>> {
  const job = await jobStore.find(db, claim.jobId);
  if (!job || job.clusterId !== claim.clusterId) return err(notFound);
  const held = job.state === 'active' && job.leaseId === claim.leaseId && (job.leaseUntil ?? 0) > now;
  if (!held) return err(leaseLost);
  if (job.leasedGeneration === claim.generation) return ok(job);
  return err({ code: 'generation_stale', message: `the lease is for generation ${job.leasedGeneration}` });
}

/** The run brought the deployment to its generation. A newer desired state that waits is rung for at once. */
export async function completeJob(context: Context, claim: JobClaim): Promise<Planned<null>> {
  const job = await heldJob(context, claim);
  if (!job.ok) return job;
  const doorbellId = newId('outbox', context.random);
  return ok({
    value: null,
    writes: [
      ...jobStore.complete({ ...claim, now: context.now }),
      ringWaiting(job.value.customerId, doorbellId, context.now),
    ],
    audit: [{ action: 'job.completed', subject: claim.jobId, details: { generation: claim.generation } }],
    outbox: [doorbellId],
  });
}

/** The run failed; it is tried again after a pause while runs are left. */
export async function failJob(
  context: Context,
  claim: JobClaim,
  failure: Pick<FailBody, 'code' | 'message' | 'events' | 'retryable'>,
): Promise<Planned<null>> {
  const { now, settings } = context;
  const job = await heldJob(context, claim);
  if (!job.ok) return job;
  const doorbellId = newId('outbox', context.random);
  const { runsMax, backoffMs } = settings;
  const details = { code: failure.code, generation: claim.generation };
  return ok({
    value: null,
    writes: [
      ...jobStore.fail({ ...claim, now, failure, runsMax, backoffMs }),
      ringWaiting(job.value.customerId, doorbellId, now),
    ],
    audit: [{ action: 'job.run_failed', subject: claim.jobId, details }],
    outbox: [doorbellId],
  });
}

/** A person sends a failed job again. */
export async function retryJob({ db, now, random }: Context, jobId: string): Promise<Planned<null>> {
  const job = await jobStore.find(db, jobId);
  if (!job) return err(notFound);
  if (!(await jobStore.isRetryable(db, jobId))) {
    return err({ code: 'job_not_failed', message: 'only a failed job that no newer one replaces can be retried' });
  }
  const doorbellId = newId('outbox', random);
  return ok({
    value: null,
    writes: [...jobStore.retry(jobId, now), ringWaiting(job.customerId, doorbellId, now)],
    audit: [{ action: 'job.retried', subject: jobId }],
    outbox: [doorbellId],
  });
}
