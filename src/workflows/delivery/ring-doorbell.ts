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

/** What a queue takes in one call. */
const batchMax = 100;

const messageOf = (clusterId: string, jobId: string): Doorbell => ({ v: 1, cluster_id: clusterId, job_id: jobId });

/** Sends; what the queue said of a failure is in the log. */
async function sent({ log }: Carriers, clusterId: string, send: () => Promise<unknown>): Promise<RingFailure | null> {
  try {
    await send();
    return null;
  } catch (error) {
    log('warn', 'a doorbell queue does not take messages', { cluster_id: clusterId, error: reasonOf(error) });
    return 'queue_down';
  }
}

/** Rings for a job. */
export async function ring(
  carriers: Carriers,
  bell: Queue | null,
  { clusterId, jobId, delaySeconds = 0 }: Ring,
): Promise<RingFailure | null> {
  if (!bell) return 'no_queue';
  const options = delaySeconds > 0 ? { delaySeconds } : {};
  return await sent(carriers, clusterId, () => bell.send(messageOf(clusterId, jobId), options));
}

/** Rings for many jobs of a cluster, a hundred in a call. Where a call fails the rest is not tried: it would fare no better. */
export async function ringAll(
  carriers: Carriers,
  bell: Queue | null,
  { clusterId, jobIds }: { clusterId: string; jobIds: readonly string[] },
): Promise<RingFailure | null> {
  if (!bell) return 'no_queue';
  for (let first = 0; first < jobIds.length; first += batchMax) {
    const part = jobIds.slice(first, first + batchMax).map((jobId) => ({ body: messageOf(clusterId, jobId) }));
    const failure = await sent(carriers, clusterId, () => bell.sendBatch(part));
    if (failure !== null) return failure;
  }
  return null;
}
