/** Rings a cluster's doorbell for a job, now or when the job is due. */
import { secondMs } from '../../lib/time.ts';
import { later } from '../../outbox/outbox.ts';
import type { Sender } from './carriers.ts';
import { bellOf, ring } from './ring-doorbell.ts';

/** A queue that is down, or that the Worker does not have yet, is tried again. */
export const sendDoorbell: Sender = async (carriers, { payload }) => {
  const clusterId = String(payload['cluster_id']);
  const delaySeconds = Math.max(0, Math.ceil((Number(payload['run_after'] ?? 0) - carriers.now()) / secondMs));
  // The binding of the moment when the row was written; a cluster that has another by now is looked up.
  const bell = carriers.doorbell(String(payload['queue_binding'])) ?? (await bellOf(carriers, clusterId));
  const failure = await ring(carriers, bell, { clusterId, jobId: String(payload['job_id']), delaySeconds });
  return failure === null ? { outcome: 'ok', writes: [] } : later(failure);
};
