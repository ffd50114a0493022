/** What the console reads of jobs: counts, lists, one. Decides nothing. */
import { and, desc, eq, type SQL, sql } from 'drizzle-orm';
import type { JobState, QueueStats } from '../contracts/jobs.ts';
import type { Db } from '../db/client.ts';
import { jobs } from '../db/work-schema.ts';

/** A job's visible state as SQL; the rule is job.ts `visibleState`, and a test holds the two together. */
const visible = (now: number) => sql<JobState>`CASE
  WHEN ${jobs.state} = 'active' AND ${jobs.leaseUntil} <= ${now} THEN 'waiting'
  WHEN ${jobs.state} = 'waiting' AND ${jobs.runAfter} > ${now} THEN 'delayed'
  ELSE ${jobs.state} END`;

/** How many jobs are in each state. */
export async function stats(db: Db, now: number): Promise<QueueStats> {
  const state = visible(now);
  const rows = await db.select({ state, n: sql<number>`count(*)` }).from(jobs).groupBy(state);
  const counts: QueueStats = { waiting: 0, active: 0, completed: 0, failed: 0, delayed: 0 };
  for (const row of rows) counts[row.state] = row.n;
  return counts;
}

export interface JobFilter {
  page: number;
  limit: number;
  state?: JobState | undefined;
  q?: string | undefined;
  updatedSince?: number | undefined;
}

/** One page of jobs, newest first; `q` finds ids of jobs, customers and clusters. */
export async function list(db: Db, filter: JobFilter, now: number) {
  const q = filter.q?.toLowerCase();
  const where: SQL | undefined = and(
    filter.state ? eq(visible(now), filter.state) : undefined,
    q ? sql`(instr(${jobs.id}, ${q}) OR instr(${jobs.customerId}, ${q}) OR instr(${jobs.clusterId}, ${q}))` : undefined,
    filter.updatedSince === undefined ? undefined : sql`${jobs.updatedAt} >= ${filter.updatedSince}`,
  );
  const [rows, counted] = await db.batch([
    db
      .select()
      .from(jobs)
      .where(where)
      .orderBy(desc(jobs.createdAt), desc(jobs.id))
      .limit(filter.limit)
      .offset((filter.page - 1) * filter.limit),
    db.select({ total: sql<number>`count(*)` }).from(jobs).where(where),
  ]);
  return { rows, total: counted[0]?.total ?? 0 };
}
