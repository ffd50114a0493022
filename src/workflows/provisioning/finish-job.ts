/** Results of a run: they count only under their own lease and generation. Anything else is refused and changes nothing. */
import { record } from '../../audit/store.ts';
import type { FailBody } from '../../contracts/jobs.ts';
import { commit } from '../../db/client.ts';
import { GuardFailed } from '../../db/failure.ts';
import type { Write } from '../../db/write.ts';
import type { Fence } from '../../deployments/job-store.ts';
import * as jobStore from '../../deployments/job-store.ts';
import { ringWaiting } from '../../deployments/store.ts';
import { newId } from '../../lib/ids.ts';
import { err, ok, type Result } from '../../lib/result.ts';
import type { Deps } from '../deps.ts';

export type FinishFailure = {
  code: 'not_found' | 'lease_lost' | 'generation_stale' | 'job_not_failed';
  message: string;
};

const missing: FinishFailure = { code: 'not_found', message: 'there is nothing here, or not for you' };
const leaseLost: FinishFailure = { code: 'lease_lost', message: 'this lease no longer holds the job' };

/** Why the fence did not hold, read after the batch was refused. */
async function whyRefused(deps: Deps, fence: Fence): Promise<FinishFailure> {
  const job = await jobStore.find(deps.db, fence.jobId);
  if (!job || job.clusterId !== fence.clusterId) return missing;
  const held = job.state === 'active' && job.leaseId === fence.leaseId && (job.leaseUntil ?? 0) > deps.now;
  if (!held) return leaseLost;
  return { code: 'generation_stale', message: `the lease is for generation ${job.leasedGeneration}` };
}

async function finish(
  deps: Deps,
  fence: Fence,
  writes: Write[],
): Promise<Result<{ outboxIds: string[] }, FinishFailure>> {
  const job = await jobStore.find(deps.db, fence.jobId);
  if (!job || job.clusterId !== fence.clusterId) return err(missing);
  const doorbellId = newId('outbox', deps.random);
  try {
    await commit(deps.db, [...writes, ringWaiting(job.customerId, doorbellId, deps.now)]);
    return ok({ outboxIds: [doorbellId] });
  } catch (error) {
    if (error instanceof GuardFailed) return err(await whyRefused(deps, fence));
    throw error;
  }
}

/** The run brought the deployment to its generation. A newer desired state that waits is rung for at once. */
export async function completeJob(deps: Deps, fence: Fence) {
  const { random, actor, now } = deps;
  const details = { generation: fence.generation };
  const deed = { action: 'job.completed', subject: fence.jobId, details };
  return await finish(deps, fence, [...jobStore.complete(fence), record(random, actor, now, deed)]);
}

/** The run failed; it is tried again after a pause while runs are left. */
export async function failJob(
  deps: Deps,
  fence: Fence,
  failure: Pick<FailBody, 'code' | 'message' | 'events' | 'retryable'>,
  limits: { runsMax: number; backoffMs: number },
) {
  const { random, actor, now } = deps;
  const deed = {
    action: 'job.run_failed',
    subject: fence.jobId,
    details: { code: failure.code, generation: fence.generation },
  };
  return await finish(deps, fence, [
    ...jobStore.fail({ ...fence, failure, ...limits }),
    record(random, actor, now, deed),
  ]);
}

/** A person sends a failed job again. */
export async function retryJob(
  deps: Deps,
  jobId: string,
  receipt: () => Promise<Write[]>,
): Promise<Result<{ outboxIds: string[] }, FinishFailure>> {
  const { db, random, actor, now } = deps;
  const job = await jobStore.find(db, jobId);
  if (!job) return err(missing);
  const doorbellId = newId('outbox', random);
  try {
    await commit(db, [
      ...jobStore.retry(jobId, now),
      ringWaiting(job.customerId, doorbellId, now),
      record(random, actor, now, { action: 'job.retried', subject: jobId }),
      ...(await receipt()),
    ]);
    return ok({ outboxIds: [doorbellId] });
  } catch (error) {
    if (!(error instanceof GuardFailed)) throw error;
    return err({ code: 'job_not_failed', message: 'only a failed job that no newer one replaces can be retried' });
  }
}
