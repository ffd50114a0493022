/** How many jobs ended in each hour and how long their runs took. A trigger on `jobs` writes `job_history`; this reads and forgets. */
import { lt, sql } from 'drizzle-orm';
import type { Db } from '../db/client.ts';
import { jobHistory } from '../db/work-schema.ts';
import { build, type Write, write } from '../db/write.ts';

/** An hour in which jobs ended; times are ms, of the last runs of completed jobs, null where none ran. */
export interface HourOfJobs {
  hour: number;
  done: number;
  failed: number;
  p50: number | null;
  p95: number | null;
}

/** The hours from an instant on in which jobs ended, oldest first. Nearest rank. */
export const readHours = (db: Db, from: number): Promise<HourOfJobs[]> =>
  db.all<HourOfJobs>(sql`
    WITH ended AS (SELECT hour, state, ran_ms, jobs, state = 'completed' AND ran_ms >= 0 AS ran FROM job_history WHERE hour >= ${from}),
      ranked AS (SELECT *, sum(jobs * ran) OVER (PARTITION BY hour ORDER BY ran, ran_ms) AS rank,
        sum(jobs * ran) OVER (PARTITION BY hour) AS runs FROM ended)
    SELECT hour, sum(jobs * (state = 'completed')) AS done, sum(jobs * (state = 'failed')) AS failed,
      min(iif(ran AND rank * 2 >= runs, ran_ms, NULL)) AS p50, min(iif(ran AND rank * 20 >= runs * 19, ran_ms, NULL)) AS p95
    FROM ranked GROUP BY hour ORDER BY hour`);

export const forgetHours = (before: number): Write =>
  write(build.delete(jobHistory).where(lt(jobHistory.hour, before)));
