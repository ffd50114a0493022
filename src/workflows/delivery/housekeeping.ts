/** What cron does every minute. Each step is idempotent and none stops the others: cron is not exactly once. */
import * as jobStore from '../../deployments/job-store.ts';
import { minuteMs } from '../../lib/time.ts';
import { type Carriers, deliverOutbox } from './deliver-outbox.ts';
import { bellOf, ring } from './ring-doorbell.ts';

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
  for (const [clusterId, jobs] of Map.groupBy(due, (job) => job.clusterId)) {
    const bell = await bellOf(carriers, clusterId);
    for (const job of jobs) {
      const failure = await ring(bell, clusterId, job.id);
      if (failure === null) continue;
      // The rest of this cluster's jobs would fare no better; they are due again in a minute. Other clusters go on.
      carriers.log('warn', 'a cluster cannot be rung', { cluster_id: clusterId, why: failure, jobs: jobs.length });
      break;
    }
  }
  return due.length;
}
