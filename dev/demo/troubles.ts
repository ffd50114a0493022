/**
 * What an operator finds at the end of the demo: a deployment that has failed, one that waits for its cluster, one at work with
 * another run behind it, usage that nobody can read. The demo speaks as the provisioner here, which does not work while the
 * clock stands. They go by: the real provisioner takes what is due again.
 */
import type { FailBody, LeasedJob } from '../../src/contracts/jobs.ts';
import { redeploy } from '../../src/contracts/routes/deployments.ts';
import { completeJob, failJob, nextJob, reportProgress } from '../../src/contracts/routes/provisioner.ts';
import { readJob } from '../../src/contracts/routes/queue.ts';
import { PlatformError } from '../problem.ts';
import { pullQueue } from '../queue/settings.ts';
import type { DemoApi } from './api.ts';

type Failure = Pick<FailBody, 'code' | 'message' | 'events' | 'retryable' | 'scope'>;

const notReady: Failure = {
  code: 'not_ready',
  message: 'Deployment/api is not ready: 0 of 1 pods; ImagePullBackOff',
  events: [
    {
      object: 'Pod/api-6c9f7d5b8-x2m4q',
      reason: 'ImagePullBackOff',
      message: 'Back-off pulling image "registry.example/api:3.14.2"',
    },
    {
      object: 'Pod/api-6c9f7d5b8-x2m4q',
      reason: 'Failed',
      message: 'manifest for registry.example/api:3.14.2 not found',
    },
  ],
  retryable: true,
  scope: 'customer',
};
const unreachable: Failure = {
  code: 'cluster_unreachable',
  message: 'the API server did not answer within 5 s',
  events: [],
  retryable: true,
  scope: 'cluster',
};

const runsOfFailed = 3;
/** The last of so many pauses is some ten minutes. */
const outagesOfDelayed = 8;
const usageQueue = 'tenantry-usage';

/** Orders a run and takes it, as the provisioner does. */
async function takeRun(api: DemoApi, customerId: string, reason: string): Promise<LeasedJob> {
  await api.admin(redeploy, { params: { customerId }, body: { reason } });
  return await takeNext(api, customerId);
}

/** Takes this customer's run; looks for drift that are due before it find nothing. */
async function takeNext(api: DemoApi, customerId: string): Promise<LeasedJob> {
  for (;;) {
    const job = await api.provisioner(nextJob, { body: {} });
    if (job?.job.customer_id === customerId) return job;
    if (job?.action !== 'drift') throw new PlatformError(`the demo: ${customerId} has no run to take`);
    const body = { lease_id: job.lease_id, generation: job.generation };
    await api.provisioner(completeJob, { params: { jobId: job.job.id }, body });
  }
}

/** Fails a run so many times, each when it is due again. */
async function failRuns(api: DemoApi, customerId: string, times: number, failure: Failure): Promise<void> {
  let job = await takeRun(api, customerId, 'roll-out of 3.14.2');
  for (let run = 1; ; run++) {
    const { lease_id, generation } = job;
    await api.provisioner(failJob, { params: { jobId: job.job.id }, body: { ...failure, lease_id, generation } });
    if (run === times) return;
    const { job: view } = await api.admin(readJob, { params: { jobId: job.job.id } });
    await api.clock({ to: view.run_after, hold: true });
    job = await takeNext(api, customerId);
  }
}

/** To be called while the clock stands and everything that was due is done. */
export async function stageTroubles(api: DemoApi, who: { failed: string; delayed: string }): Promise<void> {
  await failRuns(api, who.failed, runsOfFailed, notReady);
  await failRuns(api, who.delayed, outagesOfDelayed, unreachable);
  const { id } = pullQueue(usageQueue);
  await api.push(id, 'not a message of ours');
  await api.push(id, JSON.stringify({ v: 1, rows: [], proof: 'none' }));
}

/** Leaves a run under way, with another one behind it: for as long as its lease. */
export async function leaveAtWork(api: DemoApi, customerId: string): Promise<void> {
  const { job, lease_id } = await takeRun(api, customerId, 'roll-out of 3.14.2');
  const body = { lease_id, percent: 45, message: 'waiting for pods: 4 of 7 ready' };
  await api.provisioner(reportProgress, { params: { jobId: job.id }, body });
  await api.admin(redeploy, { params: { customerId }, body: { reason: 'larger volume' } });
}
