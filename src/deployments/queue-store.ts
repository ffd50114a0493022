/**
 * What the console reads of jobs: counts, lists, one, groups. Decides nothing. Of finished jobs the lists have the newest
 * (contracts/queue.ts `keptInLists`) that nobody has taken out of them; the table may have more (retention-store.ts).
 */
import { eq, type SQL, sql } from 'drizzle-orm';
import type { JobState } from '../contracts/jobs.ts';
import { type JobSort, keptInLists, type QueueStats } from '../contracts/queue.ts';
import type { Db } from '../db/client.ts';
import { customers, subscriptions } from '../db/control-schema.ts';
import { deployments, jobs } from '../db/work-schema.ts';
import { foldCase } from '../lib/text.ts';

/** The row numbers of the listed jobs of a visible state; the rule of states is job.ts `visibleState`, and a test holds the two together. */
function listedIn(state: JobState, now: number): SQL {
  switch (state) {
    case 'waiting':
      return sql`SELECT rowid AS row FROM jobs WHERE state = 'waiting' AND run_after <= ${now}
        UNION ALL SELECT rowid FROM jobs WHERE state = 'active' AND lease_until <= ${now}`;
    case 'delayed':
      return sql`SELECT rowid AS row FROM jobs WHERE state = 'waiting' AND run_after > ${now}`;
    case 'active':
      return sql`SELECT rowid AS row FROM jobs WHERE state = 'active' AND lease_until > ${now}`;
    case 'completed':
    case 'failed':
      return sql`SELECT row FROM (${newestFinished(state)})`;
  }
}

/** The row numbers of the finished jobs that the lists have. */
export const newestFinished = (state: 'completed' | 'failed'): SQL =>
  sql`SELECT rowid AS row FROM jobs WHERE state = ${state} AND cleaned_at IS NULL
    ORDER BY finished_at DESC, rowid DESC LIMIT ${keptInLists[state]}`;

/** The row numbers of all listed jobs. */
const listed = (): SQL => sql`SELECT rowid AS row FROM jobs WHERE state IN ('waiting', 'active')
  UNION ALL SELECT row FROM (${newestFinished('completed')}) UNION ALL SELECT row FROM (${newestFinished('failed')})`;

/** How many listed jobs are in each state. */
export async function stats(db: Db, now: number): Promise<QueueStats> {
  const count = (state: JobState) => sql`(SELECT count(*) FROM (${listedIn(state, now)})) AS ${sql.raw(state)}`;
  const states: readonly JobState[] = ['waiting', 'active', 'completed', 'failed', 'delayed'];
  const [row] = await db.all<QueueStats>(sql`SELECT ${sql.join(states.map(count), sql`, `)}`);
  return row ?? { waiting: 0, active: 0, completed: 0, failed: 0, delayed: 0 };
}

/** Which of the listed jobs; times are ms, `error` is a code or a cause. */
export interface JobFilter {
  state?: JobState | undefined;
  q?: string | undefined;
  customerId?: string | undefined;
  error?: string | undefined;
  from?: number | undefined;
  to?: number | undefined;
  updatedSince?: number | undefined;
}

/** Instr, because a LIKE pattern is limited to 50 bytes in D1; names are compared as customers/store.ts does. */
function says(text: string): SQL {
  const [q, folded] = [text.toLowerCase(), foldCase(text)];
  return sql`(instr(j.id, ${q}) OR instr(j.customer_id, ${q}) OR instr(j.cluster_id, ${q}) OR instr(coalesce(j.error_code, ''), ${q})
    OR j.customer_id IN (SELECT id FROM customers WHERE instr(coalesce(company_search, upper(company_name)), ${folded})))`;
}

function conditionsOf(filter: JobFilter): SQL | null {
  const all = [
    filter.customerId === undefined ? null : sql`j.customer_id = ${filter.customerId}`,
    filter.error === undefined ? null : sql`(j.error_code = ${filter.error} OR j.cause = ${filter.error})`,
    filter.from === undefined ? null : sql`j.created_at >= ${filter.from}`,
    filter.to === undefined ? null : sql`j.created_at <= ${filter.to}`,
    filter.updatedSince === undefined ? null : sql`j.updated_at >= ${filter.updatedSince}`,
    filter.q ? says(filter.q) : null,
  ].filter((condition) => condition !== null);
  return all.length === 0 ? null : sql.join(all, sql` AND `);
}

/** `FROM … WHERE …` of the jobs that a filter finds. */
function found(filter: JobFilter, now: number): SQL {
  const rows = filter.state === undefined ? listed() : listedIn(filter.state, now);
  return sql`FROM (${rows}) l JOIN jobs j ON j.rowid = l.row WHERE ${conditionsOf(filter) ?? sql`true`}`;
}

/** How many a filter finds; without conditions the jobs themselves are not read. */
function counted(filter: JobFilter, now: number): SQL {
  if (conditionsOf(filter) !== null) return sql`SELECT count(*) ${found(filter, now)}`;
  return sql`SELECT count(*) FROM (${filter.state === undefined ? listed() : listedIn(filter.state, now)})`;
}

/** What a list is sorted by, of the table's name in the statement. */
function keyOf(sort: JobSort, t: 'j' | 'jobs'): SQL {
  const table = sql.raw(t);
  switch (sort) {
    case 'company_name':
      return sql`(SELECT coalesce(c.company_search, upper(c.company_name)) FROM customers c WHERE c.id = ${table}.customer_id)`;
    case 'attempts':
      return sql`(${table}.failed_runs + ${table}.lost_leases + ${table}.cluster_failures)`;
    default:
      return sql`${table}.${sql.raw(sort)}`;
  }
}

/** The order of a list, a minus first: the highest first. What is alike stands in the order of its making. */
function orderOf(sort: JobSort | `-${JobSort}`, t: 'j' | 'jobs'): SQL {
  const falls = sort.startsWith('-');
  const way = sql.raw(falls ? 'DESC' : 'ASC');
  return sql`${keyOf((falls ? sort.slice(1) : sort) as JobSort, t)} ${way}, ${sql.raw(t)}.rowid ${way}`;
}

/** A job with what is shown of it. */
export type SeenJob = Awaited<ReturnType<typeof seen>>[number];

/** `last`: the deployment has failed, and it is this job that is looked at again by itself. */
const seen = (db: Db, where: SQL, order: SQL) =>
  db
    .select({
      job: jobs,
      companyName: customers.companyName,
      plan: sql<string>`${deployments.plan}`.as('deployment_plan'),
      status: sql<(typeof subscriptions.$inferSelect)['status']>`${subscriptions.status}`.as('subscription_status'),
      last: sql<number>`(${deployments.status} = 'failed' AND ${jobs.id} = (SELECT n.id FROM jobs n
        WHERE n.customer_id = ${jobs.customerId} AND n.action = 'reconcile' ORDER BY n.created_at DESC, n.rowid DESC LIMIT 1))`.as(
        'is_last',
      ),
    })
    .from(jobs)
    .innerJoin(customers, eq(customers.id, jobs.customerId))
    .innerJoin(deployments, eq(deployments.customerId, jobs.customerId))
    .innerJoin(subscriptions, eq(subscriptions.customerId, jobs.customerId))
    .where(where)
    .orderBy(order);

/** One job, listed or not. */
export async function findSeen(db: Db, id: string): Promise<SeenJob | null> {
  const rows = await seen(db, sql`${jobs.id} = ${id}`, sql`1`);
  return rows[0] ?? null;
}

export interface JobPage extends JobFilter {
  page: number;
  limit: number;
  sort: JobSort | `-${JobSort}`;
}

/** One page of the listed jobs, and how many there are. Who is on the page is found before anything is joined. */
export async function list(db: Db, { page, limit, sort, ...filter }: JobPage, now: number) {
  const rows = sql`SELECT j.rowid ${found(filter, now)} ORDER BY ${orderOf(sort, 'j')} LIMIT ${limit} OFFSET ${(page - 1) * limit}`;
  const [items, totals] = await db.batch([
    seen(db, sql`jobs.rowid IN (${rows})`, orderOf(sort, 'jobs')),
    db.select({ total: sql<number>`n` }).from(sql`(SELECT (${counted(filter, now)}) AS n)`),
  ]);
  return { items, total: totals[0]?.total ?? 0 };
}

/** The ids of the listed jobs that a filter finds, oldest first. */
export async function findIds(db: Db, filter: JobFilter, now: number): Promise<string[]> {
  const rows = await db.all<{ id: string }>(sql`SELECT j.id ${found(filter, now)} ORDER BY j.created_at, j.rowid`);
  return rows.map(({ id }) => id);
}

/** Whose some jobs are, by their ids. */
export async function findCustomers(db: Db, ids: readonly string[]): Promise<Map<string, string>> {
  const rows = await db.all<{ id: string; customer: string }>(sql`
    SELECT id, customer_id AS customer FROM jobs WHERE id IN (SELECT value FROM json_each(${JSON.stringify(ids)}))`);
  return new Map(rows.map(({ id, customer }) => [id, customer]));
}

export interface JobGroup {
  cause: string;
  jobs: number;
  /** When the first and the last of them said so, ms. */
  oldest: number;
  newest: number;
  sampleId: string;
}

/** Listed jobs by what they failed of, the most first; the sample is the newest. SQLite takes it from the row of the max. */
export const groups = (db: Db, state: 'failed' | 'delayed', now: number): Promise<JobGroup[]> =>
  db.all<JobGroup>(sql`
    SELECT coalesce(j.cause, j.error_code) AS cause, count(*) AS jobs, min(j.updated_at) AS oldest, max(j.updated_at) AS newest,
      j.id AS sampleId
    ${found({ state }, now)} AND j.error_code IS NOT NULL GROUP BY 1 ORDER BY jobs DESC, newest DESC`);
