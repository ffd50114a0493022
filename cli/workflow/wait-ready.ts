/**
 * Step two of `signup-workflow`: the deployment's way to `ready`, told as it changes. What is watched is the job; what decides is the
 * deployment, because another job may have followed this one.
 */
import type { CustomerAnswer, SignupAnswer } from '../../src/contracts/customers.ts';
import type { JobView } from '../../src/contracts/jobs.ts';
import { readCustomer } from '../../src/contracts/routes/customers.ts';
import { readJob } from '../../src/contracts/routes/queue.ts';
import { err, ok, type Result } from '../../src/lib/result.ts';
import type { Api } from '../api.ts';
import type { Failure } from '../failure.ts';
import { jobErrorLines } from '../format/job.ts';
import type { World } from '../world.ts';
import type { Tell } from './story.ts';

/** People see progress without waiting, and the API is asked twice a second at most. */
const pollMs = 500;

export interface Ready {
  customer: CustomerAnswer;
  job: JobView;
}

/** Waits until the customer's deployment is ready, its job has failed for good, or the time is up. */
export async function waitReady(
  world: World,
  api: Api,
  made: SignupAnswer,
  timeoutMs: number,
  tell: Tell,
): Promise<Result<Ready, Failure>> {
  const { job_id: jobId, namespace } = made.deployment;
  if (jobId === null) return err({ kind: 'unexpected', message: 'the sign-up answered without a job' });
  tell({ step: 'deployment', message: `${made.deployment.status}: namespace ${namespace}, job ${jobId}` });
  const until = world.now() + timeoutMs;
  let told = '';
  let status: string = made.deployment.status;
  for (;;) {
    const read = await api.call(readJob, { params: { jobId } });
    if (!read.ok) return read;
    let { job } = read.value;
    told = tellJob(job, told, tell);
    const customer = await api.call(readCustomer, { params: { customerId: made.customer.customer_id } });
    if (!customer.ok) return customer;
    const isReady = customer.value.deployment.status === 'ready';
    if (isReady && job.state === 'active') {
      // It has completed between the two reads.
      const last = await api.call(readJob, { params: { jobId } });
      if (!last.ok) return last;
      job = last.value.job;
      told = tellJob(job, told, tell);
    }
    status = tellStatus(customer.value, status, tell);
    if (isReady) return ok({ customer: customer.value, job });
    if (job.state === 'failed') return err(jobFailed(job));
    if (world.now() >= until) return err(timeUp(job, timeoutMs));
    await world.sleep(pollMs);
  }
}

function tellJob(job: JobView, told: string, tell: Tell): string {
  const now = jobMessage(job);
  if (now !== told) {
    const { id, state, attempts, progress, error } = job;
    tell({ step: 'job', message: now, lines: indented(job), data: { job_id: id, state, attempts, progress, error } });
  }
  return now;
}

function tellStatus(customer: CustomerAnswer, before: string, tell: Tell): string {
  const { status, instance_url: address, reason, observed_generation: generation } = customer.deployment;
  if (status !== before) {
    const why = reason === null ? '' : ` (${reason})`;
    const where = status === 'ready' ? ` at ${address}, generation ${generation}` : '';
    tell({ step: 'deployment', message: `${status}${where}${why}`, data: { deployment: customer.deployment } });
  }
  return status;
}

/** What of a job is worth a line; the same words again are not. */
function jobMessage(job: JobView): string {
  const percent = String(job.progress.percent).padStart(3);
  switch (job.state) {
    case 'waiting':
      return job.attempts === 0 ? 'waiting for a provisioner' : `waiting for run ${job.attempts + 1}`;
    case 'delayed':
      return `run ${job.attempts} failed, again at ${job.run_after}`;
    case 'active':
      return `${percent} %  ${job.progress.message}`;
    case 'completed':
      return '100 %  completed';
    case 'failed':
      return `failed after ${job.attempts} runs`;
  }
}

const indented = (job: JobView): string[] =>
  ['delayed', 'failed'].includes(job.state) ? jobErrorLines(job).map((line) => `    ${line}`) : [];

function jobFailed(job: JobView): Failure {
  const why = job.error === null ? 'no reason was given' : `${job.error.code}: ${job.error.message}`;
  return { kind: 'failed', message: `${job.id} failed: ${why}; again with: tenantry queue retry ${job.id}` };
}

const timeUp = (job: JobView, timeoutMs: number): Failure => ({
  kind: 'failed',
  message: `not ready after ${Math.round(timeoutMs / 1000)} s; it goes on, see: tenantry queue show ${job.id}`,
});
