/** The log lines of jobs: the last ones of each, in order. Owns `job_logs`; they live as long as the job is in the lists (retention-store.ts). */
import { and, asc, eq, gt, sql } from 'drizzle-orm';
import { type LogLine, logLinesKept } from '../contracts/jobs.ts';
import type { Db } from '../db/client.ts';
import { jobLogs, jobs } from '../db/work-schema.ts';
import { type Write, write } from '../db/write.ts';

export interface LogClaim {
  clusterId: string;
  jobId: string;
  leaseId: string;
}

/** Whether the lease is the last that the job had, in that cluster; its lines may come in after the result. */
export async function isLastLease(db: Db, { clusterId, jobId, leaseId }: LogClaim): Promise<boolean> {
  const rows = await db
    .select({ id: jobs.id })
    .from(jobs)
    .where(and(eq(jobs.id, jobId), eq(jobs.clusterId, clusterId), eq(jobs.leaseId, leaseId)));
  return rows.length > 0;
}

/**
 * Adds lines of a run behind those that the job has. A line whose number the run has brought before is not added again; of
 * lines beyond what a job keeps the oldest go.
 */
export function append(
  { clusterId, jobId, leaseId }: LogClaim,
  lines: readonly (Omit<LogLine, 'at'> & { at: number })[],
): Write[] {
  const mine = sql`id = ${jobId} AND cluster_id = ${clusterId} AND lease_id = ${leaseId}`;
  return [
    write(sql`
      INSERT INTO job_logs (job_id, seq, lease_id, number, at, level, line)
      SELECT j.id, j.log_seq + row_number() OVER (ORDER BY l.value ->> 'number'), j.lease_id, l.value ->> 'number', l.value ->> 'at',
        l.value ->> 'level', l.value ->> 'line'
      FROM (SELECT id, log_seq, lease_id FROM jobs WHERE ${mine}) j, json_each(${JSON.stringify(lines)}) l
      WHERE l.value ->> 'number' > (SELECT coalesce(max(number), 0) FROM job_logs WHERE job_id = ${jobId} AND lease_id = ${leaseId})`),
    write(sql`
      UPDATE jobs SET log_seq = max(log_seq, coalesce((SELECT max(seq) FROM job_logs WHERE job_id = jobs.id), 0)) WHERE ${mine}`),
    write(sql`
      DELETE FROM job_logs WHERE job_id = ${jobId} AND seq <= (SELECT log_seq - ${logLinesKept} FROM jobs WHERE id = ${jobId})`),
  ];
}

/** The lines behind a place, in order, and the place of the first line that is kept; null without any. */
export async function readLines(db: Db, jobId: string, { after, limit }: { after: number; limit: number }) {
  const [lines, firsts] = await db.batch([
    db
      .select()
      .from(jobLogs)
      .where(and(eq(jobLogs.jobId, jobId), gt(jobLogs.seq, after)))
      .orderBy(asc(jobLogs.seq))
      .limit(limit),
    db
      .select({ seq: jobLogs.seq, at: jobLogs.at })
      .from(jobLogs)
      .where(eq(jobLogs.jobId, jobId))
      .orderBy(asc(jobLogs.seq))
      .limit(1),
  ]);
  return { lines, first: firsts[0] ?? null };
}
