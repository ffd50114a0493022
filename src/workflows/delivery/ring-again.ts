/** Cron rings again for jobs that are due or whose lease ran out, so that a lost doorbell delays a job by a minute, not for ever. */
import { takeUnrung } from '../../deployments/job-orders-store.ts';
import { hourMs, minuteMs } from '../../lib/time.ts';
import { each } from '../each.ts';
import type { Carriers } from './carriers.ts';
import { bellOf, ringAll } from './ring-doorbell.ts';

/** Jobs of one tick; what is left waits for the next minute. */
const ringsPerTick = 200;
/** Its doorbell may still be on its way; and nobody may be there, who asks by himself when he comes back. */
const quiet = { firstMs: minuteMs, maxMs: hourMs };

/** Rings each cluster for its jobs; one whose queue is down holds up no other. @returns how many jobs were due */
export async function ringAgain(carriers: Carriers): Promise<number> {
  const due = await takeUnrung(carriers.db, carriers.now(), quiet, ringsPerTick);
  const clusters = [...Map.groupBy(due, (job) => job.clusterId)];
  await each(
    clusters,
    ([clusterId, jobs]) =>
      ringCluster(
        carriers,
        clusterId,
        jobs.map(({ id }) => id),
      ),
    {
      log: carriers.log,
      what: 'ringing a cluster again',
      named: ([clusterId]) => ({ cluster_id: clusterId }),
      atOnce: clusters.length,
    },
  );
  return due.length;
}

async function ringCluster(carriers: Carriers, clusterId: string, jobIds: readonly string[]): Promise<void> {
  const bell = await bellOf(carriers, clusterId);
  const failure = await ringAll(carriers, bell, { clusterId, jobIds });
  // They count as rung for: they are due again later, and the provisioner asks by itself meanwhile.
  if (failure !== null)
    carriers.log('warn', 'a cluster cannot be rung', { cluster_id: clusterId, why: failure, jobs: jobIds.length });
}
