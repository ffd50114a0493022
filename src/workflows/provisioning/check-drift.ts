/**
 * Orders a look for drift: a job that changes nothing compares what lives in the cluster with the release. Cron has every ready
 * deployment looked at once a day; a person may have it done now.
 */
import type { WholeCustomer } from '../../customers/store.ts';
import { commit } from '../../db/client.ts';
import { insertDriftJobs } from '../../deployments/job-orders-store.ts';
import { findUnchecked } from '../../deployments/store.ts';
import { newId } from '../../lib/ids.ts';
import { err, ok } from '../../lib/result.ts';
import { dayMs } from '../../lib/time.ts';
import { ringWaiting } from '../../outbox/store.ts';
import type { Context, Planned } from '../deed.ts';

/** Of one tick; 20 a minute are 28,800 a day, what one control database is asked to hold in a cluster or two. */
const checksPerTick = 20;

/** The id of the job that looks. A job that waits already will bring the stack into line anyway: that one is named. */
export async function checkDrift(
  { now, random }: Context,
  { customer, deployment, waitingJobId }: WholeCustomer,
): Promise<Planned<string>> {
  if (deployment.phase === 'deleted') return err({ code: 'deployment_deleted', message: 'the deployment is deleted' });
  const [jobId, doorbellId] = [newId('job', random), newId('outbox', random)];
  return ok({
    value: waitingJobId ?? jobId,
    writes: [
      ...insertDriftJobs([{ id: jobId, customerId: customer.id }], now, now),
      ringWaiting(customer.id, doorbellId, now),
    ],
    audit: [{ action: 'deployment.checked', subject: customer.id }],
    outbox: [doorbellId],
  });
}

/** Has those looked at that nobody has looked at for a day; their doorbells are rung by `ringAgain`. @returns how many */
export async function checkAllForDrift({ db, now, random }: Context): Promise<number> {
  const due = await findUnchecked(db, now - dayMs, checksPerTick);
  const jobs = due.map((customerId) => ({ id: newId('job', random), customerId }));
  await commit(db, insertDriftJobs(jobs, now, 0));
  return due.length;
}
