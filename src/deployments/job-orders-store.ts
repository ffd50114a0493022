/**
 * What people and cron order of jobs: sent again, made due, removed, taken out of the lists, looked at again, rung for.
 * Decided in SQL when the batch runs. Leases and results: job-store.ts.
 */
import { type SQL, sql } from 'drizzle-orm';
import type { BulkAction } from '../contracts/queue.ts';
import type { Db } from '../db/client.ts';
import { guard } from '../db/guards.ts';
import { jobs } from '../db/work-schema.ts';
import { type Write, write } from '../db/write.ts';
import { lookPauses, removedReason } from './job.ts';
import { pausedIn } from './pause-store.ts';

/** One order of one job at an instant, ms. */
export interface JobOrder {
  action: BulkAction;
  jobId: string;
  now: number;
}

/**
 * Whether an order may be carried out, as SQL. Retry: the job has failed and nothing of its deployment waits or runs.
 * Promote: it waits for its time. Remove: no run of it is under way; one whose lease ran out has none.
 */
function allowed({ action, jobId, now }: JobOrder): SQL {
  switch (action) {
    case 'retry':
      return sql`EXISTS (SELECT 1 FROM jobs j WHERE j.id = ${jobId} AND j.state = 'failed'
        AND NOT EXISTS (SELECT 1 FROM jobs o WHERE o.customer_id = j.customer_id AND o.state IN ('waiting', 'active')))`;
    case 'promote':
      return sql`EXISTS (SELECT 1 FROM jobs j WHERE j.id = ${jobId} AND j.state = 'waiting' AND j.run_after > ${now})`;
    case 'remove':
      return sql`EXISTS (SELECT 1 FROM jobs j WHERE j.id = ${jobId} AND NOT (j.state = 'active' AND j.lease_until > ${now}))`;
  }
}

/** What an order comes to, as SQL: `done`, `not_found`, or the code that refuses it. */
export const outcomeOf = (order: JobOrder, refusal: string): SQL =>
  sql`CASE WHEN ${allowed(order)} THEN 'done' WHEN EXISTS (SELECT 1 FROM jobs WHERE id = ${order.jobId}) THEN ${refusal} ELSE 'not_found' END`;

/** Whether the order may be carried out now. */
export async function isAllowed(db: Db, order: JobOrder): Promise<boolean> {
  const rows = await db.all<{ may: number }>(sql`SELECT ${allowed(order)} AS may`);
  return rows[0]?.may === 1;
}

/** Fails the batch unless the order may be carried out. */
export const guardAllowed = (order: JobOrder): Write => guard(`job_${order.action}`, allowed(order));

/** What an order changes, where `only` holds: `allowed`, or that it held a statement ago. */
export function changes(order: JobOrder, only: SQL): Write[] {
  switch (order.action) {
    case 'retry':
      return [retry(order, only)];
    case 'promote':
      return [promote(order, only)];
    case 'remove':
      return remove(order, only);
  }
}

/** A failed job goes again, with all its runs, towards what is desired now. */
const retry = ({ jobId, now }: JobOrder, only: SQL): Write =>
  write(sql`
    UPDATE jobs SET state = 'waiting', failed_runs = 0, lost_leases = 0, looks = 0, run_after = ${now}, rung_at = 0, finished_at = NULL,
      cleaned_at = NULL, updated_at = ${now}, generation = (SELECT spec_generation FROM deployments d WHERE d.customer_id = jobs.customer_id)
    WHERE id = ${jobId} AND ${only}`);

const promote = ({ jobId, now }: JobOrder, only: SQL): Write =>
  write(sql`UPDATE jobs SET run_after = ${now}, rung_at = 0, updated_at = ${now} WHERE id = ${jobId} AND ${only}`);

/**
 * A job that waits ends as failed, and its deployment says so: what is wanted of it stays wanted. A finished one leaves the
 * lists.
 */
const remove = ({ jobId, now }: JobOrder, only: SQL): Write[] => [
  write(sql`
    UPDATE deployments SET status = 'failed', reason = ${removedReason}, reason_code = 'job_removed', updated_at = ${now}
    WHERE customer_id = (SELECT customer_id FROM jobs WHERE id = ${jobId} AND action = 'reconcile' AND state IN ('waiting', 'active'))
      AND ${only}`),
  write(sql`UPDATE jobs SET cleaned_at = ${now} WHERE id = ${jobId} AND state IN ('completed', 'failed') AND ${only}`),
  write(sql`
    UPDATE jobs SET state = 'failed', error_code = 'job_removed', error_message = ${removedReason}, error_events = '[]',
      cause = 'job_removed', lease_until = NULL, finished_at = ${now}, updated_at = ${now}
    WHERE id = ${jobId} AND state IN ('waiting', 'active') AND ${only}`),
];

/** The oldest finished jobs of a state that are in the lists and ended at or before an instant, ms. */
export async function findCleanable(
  db: Db,
  { state, before, limit }: { state: 'completed' | 'failed'; before: number; limit: number },
): Promise<string[]> {
  const rows = await db.all<{ id: string }>(sql`
    SELECT id FROM jobs WHERE state = ${state} AND cleaned_at IS NULL AND finished_at <= ${before}
    ORDER BY finished_at LIMIT ${limit}`);
  return rows.map(({ id }) => id);
}

/** Takes finished jobs out of the lists. Fails the batch where one of them is no longer finished so, or not in them. */
export const clean = (ids: readonly string[], state: 'completed' | 'failed', now: number): Write[] => {
  const named = sql`id IN (SELECT value FROM json_each(${JSON.stringify(ids)})) AND state = ${state} AND cleaned_at IS NULL`;
  return [
    guard('jobs_finished', sql`(SELECT count(*) FROM jobs WHERE ${named}) = ${ids.length}`),
    write(sql`UPDATE jobs SET cleaned_at = ${now} WHERE ${named}`),
  ];
};

/**
 * Sends what was given up again, one run each, after pauses that grow to a day: the newest job of a failed deployment that
 * nothing else waits or runs for. At most `limit` whose turn it is, of the deployments that changed the longest ago first: one that waits
 * (its provisioner is away) or pauses is nobody's turn.
 */
export const lookAgain = (now: number, limit: number): Write =>
  write(sql`
    UPDATE jobs SET state = 'waiting', looks = looks + 1, lost_leases = 0, run_after = ${now}, rung_at = 0, finished_at = NULL,
      cleaned_at = NULL, updated_at = ${now}, generation = (SELECT spec_generation FROM deployments d WHERE d.customer_id = jobs.customer_id)
    WHERE id IN (
      SELECT j.id FROM deployments d JOIN jobs j ON j.rowid = (SELECT n.rowid FROM jobs n WHERE n.customer_id = d.customer_id
        AND n.action = 'reconcile' ORDER BY n.created_at DESC, n.rowid DESC LIMIT 1)
      WHERE d.status = 'failed' AND j.state = 'failed'
        AND j.finished_at + min(${lookPauses.baseMs} * (1 << min(j.looks, 10)), ${lookPauses.maxMs}) <= ${now}
        AND NOT EXISTS (SELECT 1 FROM jobs o WHERE o.customer_id = d.customer_id AND o.state IN ('waiting', 'active'))
      ORDER BY d.updated_at LIMIT ${limit})`);

/** Makes jobs that look for drift, where nothing else waits. `rungAt`: when their doorbells were, or are being, rung. */
export const insertDriftJobs = (
  jobs: readonly { id: string; customerId: string }[],
  now: number,
  rungAt: number,
): Write[] =>
  jobs.map(({ id, customerId }) =>
    write(sql`
      INSERT INTO jobs (id, customer_id, cluster_id, verb, action, generation, state, run_after, rung_at, created_at, updated_at)
      SELECT ${id}, customer_id, cluster_id, 'drift', 'drift', spec_generation, 'waiting', ${now}, ${rungAt}, ${now}, ${now}
      FROM deployments WHERE customer_id = ${customerId} AND phase <> 'deleted'
        AND NOT EXISTS (SELECT 1 FROM jobs WHERE customer_id = ${customerId} AND state = 'waiting')`),
  );

/** How long a job is left alone that was rung for without effect, ms: from `firstMs` on twice as long each time, up to `maxMs`. */
export type Quiet = { firstMs: number; maxMs: number };

/** Since when a job could be worked on. */
const dueSince = sql`iif(state = 'active', lease_until, run_after)`;

/**
 * Jobs whose doorbell should be rung (again): due or lost, left alone long enough, and in no paused cluster. Marks them rung. Who does not
 * come for a day finds some thirty rings of a job then, not one of each minute.
 */
export async function takeUnrung(db: Db, now: number, { firstMs, maxMs }: Quiet, limit: number) {
  return await db
    .update(jobs)
    .set({ rungAt: now })
    .where(
      sql`${jobs.id} IN (SELECT id FROM jobs WHERE rung_at <= ${now - firstMs}
        AND ${now} - rung_at >= min(${maxMs}, rung_at - ${dueSince}) AND ((state = 'waiting' AND run_after <= ${now}) OR (state = 'active' AND lease_until <= ${now}))
        AND NOT ${pausedIn(sql`cluster_id`)}
        ORDER BY rung_at LIMIT ${limit})`,
    )
    .returning({ id: jobs.id, clusterId: jobs.clusterId });
}
