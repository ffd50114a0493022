/** Rings a cluster's doorbell: the message carries no work, so a ring too many is harmless and one too few is made up by cron. */
import * as clusterStore from '../../clusters/store.ts';
import type { Doorbell } from '../../contracts/jobs.ts';
import type { Db } from '../../db/client.ts';

/** Why nobody was rung: the Worker has no such queue, or the queue does not take messages right now. */
export type RingFailure = 'no_queue' | 'queue_down';

/** The doorbell queue of a cluster, null when the cluster or its binding is not there. */
export async function bellOf(
  bells: { db: Db; doorbell: (queueBinding: string) => Queue | null },
  clusterId: string,
): Promise<Queue | null> {
  const found = await clusterStore.find(bells.db, clusterId);
  return found ? bells.doorbell(found.cluster.queueBinding) : null;
}

/** Rings for a job, `delaySeconds` from now. */
export async function ring(
  bell: Queue | null,
  clusterId: string,
  jobId: string,
  delaySeconds = 0,
): Promise<RingFailure | null> {
  if (!bell) return 'no_queue';
  const message: Doorbell = { v: 1, cluster_id: clusterId, job_id: jobId };
  try {
    await bell.send(message, delaySeconds > 0 ? { delaySeconds } : {});
    return null;
  } catch {
    return 'queue_down';
  }
}
