/** Cron forgets what of finished jobs is in no list any more (src/deployments/retention-store.ts), some at a time. */
import { forgetBatches } from '../../batches/store.ts';
import { historyDaysMax } from '../../contracts/queue.ts';
import { commit } from '../../db/client.ts';
import { forgetHours } from '../../deployments/history-store.ts';
import { findForgettable, findLogged, forgetJobs, forgetLogs } from '../../deployments/retention-store.ts';
import { dayMs } from '../../lib/time.ts';
import type { Context } from '../deed.ts';

/** Jobs of one batch of D1, and batches of one hour: 10,000 jobs an hour are more than a provisioner ends. */
const jobsPerStep = 500;
const stepsPerHour = 20;

/** Forgets jobs and logs. @returns how many jobs are gone */
export async function forgetFinished({ db }: Pick<Context, 'db'>): Promise<number> {
  let gone = 0;
  for (let step = 0; step < stepsPerHour; step++) {
    const ids = await findForgettable(db, jobsPerStep);
    if (ids.length > 0) await commit(db, forgetJobs(ids));
    gone += ids.length;
    const logged = await findLogged(db, jobsPerStep);
    if (logged.length > 0) await commit(db, forgetLogs(logged));
    if (ids.length < jobsPerStep && logged.length < jobsPerStep) break;
  }
  return gone;
}

/** An order for many is answered for this long after it was done. */
const batchesKeptMs = 30 * dayMs;

/** Forgets the history of long ago, and orders for many that are long done. */
export const forgetOld = ({ db, now }: Pick<Context, 'db' | 'now'>): Promise<void> =>
  commit(db, [forgetHours(now - historyDaysMax * dayMs), ...forgetBatches(now - batchesKeptMs)]);
