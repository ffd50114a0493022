/** Rings a cluster's doorbell: the message carries no work, so a ring too many is harmless and one too few is made up by cron. */
import * as clusterStore from '../../clusters/store.ts';
import type { Doorbell } from '../../contracts/jobs.ts';
import { reasonOf } from '../../lib/reason.ts';
import type { Carriers } from './carriers.ts';

/** Why nobody was rung: the Worker has no such queue, or the queue does not take messages right now. */
export type RingFailure = 'no_queue' | 'queue_down';

export interface Ring {
  clusterId: string;
  jobId: string;
  delaySeconds?: number;
}

/** The doorbell queue of a cluster, null when the cluster or its binding is not there. */
export async function bellOf({ db, doorbell }: Carriers, clusterId: string): Promise<Queue | null> {
  const found = await clusterStore.find(db, clusterId);
  return found ? doorbell(found.cluster.queueBinding) : null;
}

/** Rings for a job; what the queue said of a failure is in the log. */
export async function ring(
  { log }: Carriers,
  bell: Queue | null,
  { clusterId, jobId, delaySeconds = 0 }: Ring,
): Promise<RingFailure | null> {
  if (!bell) return 'no_queue';
  const message: Doorbell = { v: 1, cluster_id: clusterId, job_id: jobId };
  try {
    await bell.send(message, delaySeconds > 0 ? { delaySeconds } : {});
    return null;
  } catch (error) {
    log('warn', 'a doorbell queue does not take messages', { cluster_id: clusterId, error: reasonOf(error) });
    return 'queue_down';
  }
}
