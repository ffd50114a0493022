/** What cron does every minute. Each step is idempotent and none stops the others: cron is not exactly once. */
import * as clusterStore from '../clusters/store.ts';
import type { Doorbell } from '../contracts/jobs.ts';
import * as jobStore from '../deployments/job-store.ts';
import { minuteMs } from '../lib/time.ts';
import { type Carriers, deliverOutbox } from './deliver-outbox.ts';

/** Rows and jobs of one step; what is left waits for the next minute. */
const outboxPerTick = 200;
const ringsPerTick = 200;
/** A job is not rung again sooner than this: its doorbell may still be on its way. */
const quietMs = minuteMs;

/** Delivers what is due in the outbox. */
export const sweepOutbox = (carriers: Carriers): Promise<number> => deliverOutbox(carriers, outboxPerTick);

/** Rings again for jobs that are due or whose lease ran out, so that a lost doorbell delays a job by a minute, not for ever. */
export async function ringAgain(carriers: Carriers): Promise<number> {
  const due = await jobStore.takeUnrung(carriers.db, carriers.now(), quietMs, ringsPerTick);
  for (const clusterId of new Set(due.map((job) => job.clusterId))) {
    const found = await clusterStore.find(carriers.db, clusterId);
    const queue = found ? carriers.doorbell(found.cluster.queueBinding) : null;
    const messages = due.filter((job) => job.clusterId === clusterId);
    for (const job of queue ? messages : []) {
      const message: Doorbell = { v: 1, cluster_id: clusterId, job_id: job.id };
      await queue?.send(message);
    }
  }
  return due.length;
}
