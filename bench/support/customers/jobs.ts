/** Jobs for every customer of a shard (seed.ts), by SQL in the files of a platform that does not run. */
import { openWith } from './seed.ts';

const HOUR_MS = 3_600_000;

/**
 * Gives each customer `each` jobs: one that waits, delayed for every second customer, and finished ones, of which every
 * tenth has failed. @returns how many there are
 */
export function seedJobs(dataDir: string, each: number): number {
  const control = openWith(dataDir, 'billing_periods');
  const now = Date.now();
  control.exec(`WITH RECURSIVE numbers(n) AS (SELECT 0 UNION ALL SELECT n + 1 FROM numbers WHERE n + 1 < ${each})
    INSERT INTO jobs (id, customer_id, cluster_id, verb, generation, state, run_after, rung_at, created_at, started_at, finished_at,
      updated_at, error_code, error_message, error_events, cause, progress)
    SELECT 'job_' || substr(c.id, 6, 24) || printf('%08x', n), c.id, 'local', 'redeploy', 1,
      CASE WHEN n = 0 THEN 'waiting' WHEN (c.seq + n) % 10 = 0 THEN 'failed' ELSE 'completed' END,
      iif(n = 0 AND c.seq % 2 = 0, ${now} + ${HOUR_MS}, ${now}), ${now}, ${now} - n * ${HOUR_MS} - c.seq, iif(n = 0, NULL, ${now}),
      iif(n = 0, NULL, ${now} - n * ${HOUR_MS}), ${now} - n * ${HOUR_MS}, iif((c.seq + n) % 10 = 0, 'not_ready', NULL),
      'not ready', '[]', iif((c.seq + n) % 10 = 0, 'not_ready: BackOff', NULL), ''
    FROM customers c, numbers WHERE NOT EXISTS (SELECT 1 FROM jobs w WHERE n = 0 AND w.customer_id = c.id AND w.state = 'waiting')`);
  const count = Number(control.prepare('SELECT count(*) AS n FROM jobs').get()?.['n']);
  control.close();
  return count;
}
