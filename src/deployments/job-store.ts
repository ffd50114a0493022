/** Jobs and their leases. Every decision is SQL inside the batch: D1's single thread is the fence. Owns `jobs`. */
import { and, eq, sql } from 'drizzle-orm';
import type { FailBody, Phase } from '../contracts/jobs.ts';
import type { Db } from '../db/client.ts';
import { guard } from '../db/guards.ts';
import { jobs } from '../db/work-schema.ts';
import { type Write, write } from '../db/write.ts';
import { statusOfPhase, statusTowards } from './deployment.ts';
import { leaseMarginMs, lostLeasesMax, timeoutOf } from './job.ts';

export type JobRow = typeof jobs.$inferSelect;

/** A column that maps a phase to a word, as SQL. */
const phaseCase = (phase: ReturnType<typeof sql>, words: Record<Phase, string>) =>
  sql`CASE ${phase} WHEN 'running' THEN ${words.running} WHEN 'suspended' THEN ${words.suspended} ELSE ${words.deleted} END`;

/**
 * Leases the oldest due job of the cluster whose deployment has no other job running. A job whose lease ran out is due
 * again, unless it has lost too many.
 */
export function lease(l: { clusterId: string; leaseId: string; now: number; timeoutBaseMs: number }): Write[] {
  const timeout = sql`(SELECT CASE d.plan WHEN 'enterprise' THEN ${timeoutOf('enterprise', l.timeoutBaseMs)} ELSE ${timeoutOf('starter', l.timeoutBaseMs)} END
    FROM deployments d WHERE d.customer_id = jobs.customer_id)`;
  return [
    write(sql`
      UPDATE deployments SET status = 'failed', reason = 'the provisioner lost its lease too often', updated_at = ${l.now}
      WHERE customer_id IN (SELECT customer_id FROM jobs WHERE cluster_id = ${l.clusterId} AND state = 'active'
        AND lease_until <= ${l.now} AND lost_leases >= ${lostLeasesMax})`),
    write(sql`
      UPDATE jobs SET state = 'failed', error_code = 'lease_lost', error_message = 'the lease ran out too often',
        error_events = '[]', finished_at = ${l.now}, updated_at = ${l.now}
      WHERE cluster_id = ${l.clusterId} AND state = 'active' AND lease_until <= ${l.now} AND lost_leases >= ${lostLeasesMax}`),
    write(sql`
      UPDATE jobs SET state = 'active', lost_leases = lost_leases + (state = 'active'), lease_id = ${l.leaseId},
        lease_until = ${l.now} + ${timeout} + ${leaseMarginMs},
        leased_generation = (SELECT spec_generation FROM deployments d WHERE d.customer_id = jobs.customer_id),
        leased_phase = (SELECT phase FROM deployments d WHERE d.customer_id = jobs.customer_id),
        started_at = coalesce(started_at, ${l.now}), percent = 0, progress = 'leased', updated_at = ${l.now}
      WHERE id = (
        SELECT j.id FROM jobs j
        WHERE j.cluster_id = ${l.clusterId}
          AND ((j.state = 'waiting' AND j.run_after <= ${l.now}) OR (j.state = 'active' AND j.lease_until <= ${l.now}))
          AND NOT EXISTS (SELECT 1 FROM jobs o WHERE o.customer_id = j.customer_id AND o.state = 'active' AND o.id <> j.id)
        ORDER BY j.created_at, j.rowid LIMIT 1)`),
    write(sql`
      UPDATE deployments SET status = ${phaseCase(sql`phase`, statusTowards)}, updated_at = ${l.now}
      WHERE customer_id = (SELECT customer_id FROM jobs WHERE lease_id = ${l.leaseId})`),
  ];
}

/** The job that a lease holds. */
export async function findByLease(db: Db, leaseId: string): Promise<JobRow | null> {
  const rows = await db.select().from(jobs).where(eq(jobs.leaseId, leaseId));
  return rows[0] ?? null;
}

export async function find(db: Db, id: string): Promise<JobRow | null> {
  const rows = await db.select().from(jobs).where(eq(jobs.id, id));
  return rows[0] ?? null;
}

/** A result's claim to be the one that counts: this cluster's job, this lease, this generation. */
export interface JobClaim {
  clusterId: string;
  jobId: string;
  leaseId: string;
  generation: number;
}

/** A claim at an instant, ms: the lease must still run by then. */
interface TimedClaim extends JobClaim {
  now: number;
}

const holds = (
  f: TimedClaim,
) => sql`EXISTS (SELECT 1 FROM jobs WHERE id = ${f.jobId} AND cluster_id = ${f.clusterId} AND state = 'active'
  AND lease_id = ${f.leaseId} AND lease_until > ${f.now} AND leased_generation = ${f.generation})`;

export interface ReporterLease {
  clusterId: string;
  reporterId: string;
  leaseId: string;
  now: number;
}

const reporterLeased = (l: ReporterLease) => sql`EXISTS (
  SELECT 1 FROM jobs j JOIN reporters r ON r.customer_id = j.customer_id
  WHERE r.id = ${l.reporterId} AND r.source = 'deployment' AND j.cluster_id = ${l.clusterId}
    AND j.state = 'active' AND j.lease_id = ${l.leaseId} AND j.lease_until > ${l.now})`;

/** Fails the batch unless the lease is a running one of the reporter's own customer in that cluster. */
export const guardReporterLease = (l: ReporterLease): Write => guard('reporter_lease', reporterLeased(l));

/** The same, asked now. */
export async function holdsReporterLease(db: Db, l: ReporterLease): Promise<boolean> {
  const rows = await db.all<{ held: number }>(sql`SELECT ${reporterLeased(l)} AS held`);
  return rows[0]?.held === 1;
}

/** Reports how far a run is; false when the lease is no longer this one. Does not extend the lease. */
export async function progress(
  db: Db,
  p: Omit<TimedClaim, 'generation'> & { percent: number; message: string },
): Promise<boolean> {
  const rows = await db
    .update(jobs)
    .set({ percent: Math.round(p.percent), progress: p.message, updatedAt: p.now })
    .where(
      and(
        eq(jobs.id, p.jobId),
        eq(jobs.clusterId, p.clusterId),
        eq(jobs.state, 'active'),
        eq(jobs.leaseId, p.leaseId),
        sql`${jobs.leaseUntil} > ${p.now}`,
      ),
    )
    .returning({ id: jobs.id });
  return rows.length > 0;
}

/** The run did what it was leased for: the deployment has been brought to its generation. */
export const complete = (f: TimedClaim): Write[] => [
  guard('job_lease', holds(f)),
  write(sql`
    UPDATE deployments SET observed_generation = ${f.generation}, reason = NULL, updated_at = ${f.now},
      status = CASE WHEN spec_generation > ${f.generation} THEN status
        ELSE (SELECT ${phaseCase(sql`leased_phase`, statusOfPhase)} FROM jobs WHERE id = ${f.jobId}) END
    WHERE customer_id = (SELECT customer_id FROM jobs WHERE id = ${f.jobId}) AND observed_generation <= ${f.generation}`),
  write(sql`
    UPDATE jobs SET state = 'completed', percent = 100, progress = 'done', finished_at = ${f.now}, updated_at = ${f.now},
      lease_until = NULL, error_code = NULL, error_message = NULL, error_events = NULL
    WHERE id = ${f.jobId} OR (state = 'waiting' AND generation <= ${f.generation}
      AND customer_id = (SELECT customer_id FROM jobs WHERE id = ${f.jobId}))`),
];

export interface RunFailure extends TimedClaim {
  failure: Pick<FailBody, 'code' | 'message' | 'events' | 'retryable'>;
  runsMax: number;
  backoffMs: number;
}

/**
 * A run failed: tried again after an exponential pause while runs are left, else given up. Where a newer desired state
 * already waits, this job ends and the newer one goes on with runs of its own.
 */
export function fail(f: RunFailure): Write[] {
  const newerWaits = sql`EXISTS (SELECT 1 FROM jobs w WHERE w.customer_id = (SELECT customer_id FROM jobs WHERE id = ${f.jobId}) AND w.state = 'waiting')`;
  const retryable = f.failure.retryable ? 1 : 0;
  return [
    guard('job_lease', holds(f)),
    write(sql`
      UPDATE jobs SET failed_runs = failed_runs + 1, lease_until = NULL, updated_at = ${f.now},
        error_code = ${f.failure.code}, error_message = ${f.failure.message}, error_events = ${JSON.stringify(f.failure.events)},
        run_after = ${f.now} + ${f.backoffMs} * (1 << min(failed_runs, 10)),
        state = CASE WHEN ${retryable} AND failed_runs + 1 < ${f.runsMax} AND NOT ${newerWaits} THEN 'waiting' ELSE 'failed' END,
        finished_at = CASE WHEN ${retryable} AND failed_runs + 1 < ${f.runsMax} AND NOT ${newerWaits} THEN NULL ELSE ${f.now} END
      WHERE id = ${f.jobId}`),
    write(sql`
      UPDATE deployments SET reason = ${f.failure.message}, updated_at = ${f.now},
        status = CASE WHEN ${newerWaits} THEN status ELSE 'failed' END
      WHERE customer_id = (SELECT customer_id FROM jobs WHERE id = ${f.jobId})`),
  ];
}

/** Whether a job has failed and nothing of its deployment waits or runs, as SQL. */
const failedLast = (id: string) => sql`EXISTS (SELECT 1 FROM jobs j WHERE j.id = ${id} AND j.state = 'failed'
      AND NOT EXISTS (SELECT 1 FROM jobs o WHERE o.customer_id = j.customer_id AND o.state IN ('waiting', 'active')))`;

/** The same, asked now. */
export async function isRetryable(db: Db, id: string): Promise<boolean> {
  const rows = await db.all<{ failed: number }>(sql`SELECT ${failedLast(id)} AS failed`);
  return rows[0]?.failed === 1;
}

/** A person sends a failed job again, with all its runs, towards what is desired now. */
export const retry = (id: string, now: number): Write[] => [
  guard('job_failed', failedLast(id)),
  write(sql`
    UPDATE jobs SET state = 'waiting', failed_runs = 0, lost_leases = 0, run_after = ${now}, finished_at = NULL, updated_at = ${now},
      generation = (SELECT spec_generation FROM deployments d WHERE d.customer_id = jobs.customer_id)
    WHERE id = ${id}`),
];

/** Jobs whose doorbell should be rung (again): due or lost, and not rung for `quietMs`. Marks them rung. */
export async function takeUnrung(db: Db, now: number, quietMs: number, limit: number) {
  return await db
    .update(jobs)
    .set({ rungAt: now })
    .where(
      sql`${jobs.id} IN (SELECT id FROM jobs WHERE rung_at <= ${now - quietMs}
        AND ((state = 'waiting' AND run_after <= ${now}) OR (state = 'active' AND lease_until <= ${now}))
        ORDER BY rung_at LIMIT ${limit})`,
    )
    .returning({ id: jobs.id, clusterId: jobs.clusterId });
}
