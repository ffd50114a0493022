/**
 * What of finished jobs is forgotten: the log of a job that is in no list any more, and the job itself once something newer
 * speaks for its deployment. A deployment's newest job stays: the customer's answer names it, and one that failed is looked
 * at again (job-orders-store.ts `lookAgain`). What ended when stays in `job_history`, who did what in the audit log.
 */
import { type SQL, sql } from 'drizzle-orm';
import type { Db } from '../db/client.ts';
import { type Write, write } from '../db/write.ts';
import { newestFinished } from './queue-store.ts';

/** Finished jobs that no list has. */
const unlisted = (state: 'completed' | 'failed'): SQL =>
  sql`SELECT rowid FROM jobs WHERE state = ${state} AND (cleaned_at IS NOT NULL OR rowid NOT IN (SELECT row FROM (${newestFinished(state)})))`;

const unlistedRows = sql`rowid IN (${unlisted('completed')} UNION ALL ${unlisted('failed')})`;

/** Jobs that no list has and something newer speaks for: a run towards what is wanted, or of a look at drift anything. */
export async function findForgettable(db: Db, limit: number): Promise<string[]> {
  const rows = await db.all<{ id: string }>(sql`
    SELECT id FROM jobs WHERE ${unlistedRows} AND EXISTS (
      SELECT 1 FROM jobs n WHERE n.customer_id = jobs.customer_id AND (n.action = 'reconcile' OR jobs.action = 'drift')
        AND (n.created_at, n.rowid) > (jobs.created_at, jobs.rowid)) LIMIT ${limit}`);
  return rows.map(({ id }) => id);
}

/** Jobs that no list has and whose log is kept. */
export async function findLogged(db: Db, limit: number): Promise<string[]> {
  const rows = await db.all<{ id: string }>(
    sql`SELECT id FROM jobs WHERE log_seq > 0 AND ${unlistedRows} LIMIT ${limit}`,
  );
  return rows.map(({ id }) => id);
}

const among = (ids: readonly string[]) => sql`(SELECT value FROM json_each(${JSON.stringify(ids)}))`;

/** Those of the jobs that have not been sent again since they were found. */
const stillFinished = (ids: readonly string[]) => sql`id IN ${among(ids)} AND state IN ('completed', 'failed')`;

/** Forgets the logs of jobs, except of one that has been sent again since. */
export const forgetLogs = (ids: readonly string[]): Write[] => [
  write(sql`DELETE FROM job_logs WHERE job_id IN (SELECT id FROM jobs WHERE ${stillFinished(ids)})`),
  write(sql`UPDATE jobs SET log_seq = 0 WHERE ${stillFinished(ids)}`),
];

/** Forgets jobs, except one that has been sent again since. */
export const forgetJobs = (ids: readonly string[]): Write[] => [
  ...forgetLogs(ids),
  write(sql`DELETE FROM jobs WHERE ${stillFinished(ids)}`),
];
