/**
 * Jobs, their leases and the results of runs. Every decision is SQL inside the batch: D1's single thread settles who is
 * first. What people and cron order of jobs: job-orders-store.ts.
 */
import { and, eq, type SQL, sql } from 'drizzle-orm';
import type { DriftEntry, FailBody, Phase } from '../contracts/jobs.ts';
import type { Db } from '../db/client.ts';
import { guard } from '../db/guards.ts';
import { jobs } from '../db/work-schema.ts';
import { type Write, write } from '../db/write.ts';
import { paying } from '../subscriptions/subscription.ts';
import { statusOfPhase, statusTowards } from './deployment.ts';
import { causeOf, clusterPauses, leaseMarginMs, lostLeasesMax, unpaidWaitMs } from './job.ts';
import { pausedIn } from './pause-store.ts';

export type JobRow = typeof jobs.$inferSelect;

/** A column that maps a phase to a word, as SQL. */
const phaseCase = (phase: ReturnType<typeof sql>, words: Record<Phase, string>) =>
  sql`CASE ${phase} WHEN 'running' THEN ${words.running} WHEN 'suspended' THEN ${words.suspended} ELSE ${words.deleted} END`;

/** Who pays comes first: a job of another waits longer, but not for ever. */
const unpaidDelay = sql`(SELECT CASE WHEN s.status IN (${sql.join(
  paying.map((status) => sql`${status}`),
  sql`, `,
)}) THEN 0 ELSE ${unpaidWaitMs} END
  FROM subscriptions s WHERE s.customer_id = j.customer_id)`;

/** What was given up and is looked at again has no place from before: of a thousand such a new customer would wait for each. */
const waitsSince = sql`iif(j.looks > 0, j.run_after, j.created_at)`;

/**
 * Leases the oldest due job of the cluster whose deployment has no other job running, unless the queue is paused there. A
 * job whose lease ran out is due again, unless it has lost too many.
 */
export function lease(l: { clusterId: string; leaseId: string; now: number; timeoutBaseMs: number }): Write[] {
  const timeout = sql`(SELECT p.definition ->> '$.chart.timeoutFactor' FROM subscriptions s
    JOIN plan_versions p ON p.plan = s.plan AND p.version = s.plan_version
    WHERE s.customer_id = jobs.customer_id) * ${l.timeoutBaseMs}`;
  return [
    write(sql`
      UPDATE deployments SET status = 'failed', reason = 'the provisioner lost its lease too often', reason_code = 'lease_lost', updated_at = ${l.now}
      WHERE customer_id IN (SELECT customer_id FROM jobs WHERE cluster_id = ${l.clusterId} AND state = 'active'
        AND action = 'reconcile' AND lease_until <= ${l.now} AND lost_leases >= ${lostLeasesMax})`),
    write(sql`
      UPDATE jobs SET state = 'failed', lost_leases = lost_leases + 1, error_code = 'lease_lost', error_message = 'the lease ran out too often',
        error_events = '[]', cause = 'lease_lost', finished_at = ${l.now}, updated_at = ${l.now}
      WHERE cluster_id = ${l.clusterId} AND state = 'active' AND lease_until <= ${l.now} AND lost_leases >= ${lostLeasesMax}`),
    write(sql`
      UPDATE jobs SET state = 'active', lost_leases = lost_leases + (state = 'active'), lease_id = ${l.leaseId},
        lease_until = ${l.now} + ${timeout} + ${leaseMarginMs},
        leased_generation = (SELECT spec_generation FROM deployments d WHERE d.customer_id = jobs.customer_id),
        leased_phase = (SELECT phase FROM deployments d WHERE d.customer_id = jobs.customer_id),
        started_at = coalesce(started_at, ${l.now}), run_started_at = ${l.now}, percent = 0, progress = 'leased', updated_at = ${l.now}
      WHERE id = (
        SELECT j.id FROM jobs j
        WHERE j.cluster_id = ${l.clusterId} AND NOT ${pausedIn(sql`${l.clusterId}`)}
          AND ((j.state = 'waiting' AND j.run_after <= ${l.now}) OR (j.state = 'active' AND j.lease_until <= ${l.now}))
          AND NOT EXISTS (SELECT 1 FROM jobs o WHERE o.customer_id = j.customer_id AND o.state = 'active' AND o.id <> j.id)
        ORDER BY ${waitsSince} + ${unpaidDelay}, j.rowid LIMIT 1)`),
    write(sql`
      UPDATE deployments SET status = ${phaseCase(sql`phase`, statusTowards)}, updated_at = ${l.now}
      WHERE customer_id = (SELECT customer_id FROM jobs WHERE lease_id = ${l.leaseId} AND action = 'reconcile')`),
  ];
}

/** A job, whether another one of its customer waits behind it, and whether its deployment is to be deleted. */
export async function findWithNext(db: Db, id: string): Promise<(JobRow & { waits: boolean; ends: boolean }) | null> {
  const rows = await db
    .select({
      job: jobs,
      waits: sql<number>`EXISTS (SELECT 1 FROM jobs w WHERE w.customer_id = jobs.customer_id AND w.state = 'waiting')`,
      ends: sql<number>`EXISTS (SELECT 1 FROM deployments d WHERE d.customer_id = jobs.customer_id AND d.phase = 'deleted')`,
    })
    .from(jobs)
    .where(eq(jobs.id, id));
  const [row] = rows;
  return row ? { ...row.job, waits: row.waits === 1, ends: row.ends === 1 } : null;
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
  WHERE r.id = ${l.reporterId} AND r.source <> 'admin' AND j.cluster_id = ${l.clusterId}
    AND j.state = 'active' AND j.lease_id = ${l.leaseId} AND j.lease_until > ${l.now})`;

/** Fails the batch unless the lease is a running one of the reporter's own customer in that cluster. */
export const guardReporterLease = (l: ReporterLease): Write => guard('reporter_lease', reporterLeased(l));

/** The job that `guardReporterLease` demands, as a query: one row, or none where the lease does not hold. */
export const queryReporterLease = (db: Db, l: ReporterLease) =>
  db
    .select({ id: jobs.id })
    .from(jobs)
    .where(and(eq(jobs.leaseId, l.leaseId), reporterLeased(l)));

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

/**
 * The run did what it was leased for: the deployment has been brought to its generation. Only the newest generation says
 * that there is data to expect, and in which claim (`claimUid`, null where the run told none): a person may have accepted
 * its loss while the run was under way.
 */
export const complete = (f: TimedClaim, drift: readonly DriftEntry[], claimUid: string | null = null): Write[] => [
  guard('job_lease', holds(f)),
  write(sql`
    UPDATE deployments SET observed_generation = ${f.generation}, updated_at = ${f.now}, ${reasonsGone(f.generation)},
      drift = ${JSON.stringify(drift)}, drift_checked_at = ${f.now},
      expects_data = max(expects_data, spec_generation = ${f.generation}
        AND (SELECT leased_phase = 'running' FROM jobs WHERE id = ${f.jobId})),
      claim_uid = CASE WHEN spec_generation = ${f.generation} THEN coalesce(${claimUid}, claim_uid) ELSE claim_uid END,
      status = CASE WHEN spec_generation > ${f.generation} THEN status
        ELSE (SELECT ${phaseCase(sql`leased_phase`, statusOfPhase)} FROM jobs WHERE id = ${f.jobId}) END
    WHERE customer_id = (SELECT customer_id FROM jobs WHERE id = ${f.jobId}) AND observed_generation <= ${f.generation}`),
  write(sql`
    UPDATE jobs SET ${finished(f.now)}
    WHERE id = ${f.jobId} OR (state = 'waiting' AND action = 'reconcile' AND generation <= ${f.generation}
      AND customer_id = (SELECT customer_id FROM jobs WHERE id = ${f.jobId}))`),
];

/**
 * The run looked for differences and changed nothing: what it found is kept, whatever is desired by now. The claim that it
 * told (`claimUid`) counts where data is expected and no run has told its claim yet.
 */
export const completeDrift = (f: TimedClaim, drift: readonly DriftEntry[], claimUid: string | null): Write[] => [
  guard('job_lease', holds(f)),
  write(sql`
    UPDATE deployments SET drift = ${JSON.stringify(drift)}, drift_checked_at = ${f.now},
      claim_uid = CASE WHEN expects_data THEN coalesce(claim_uid, ${claimUid}) ELSE claim_uid END
    WHERE customer_id = (SELECT customer_id FROM jobs WHERE id = ${f.jobId})`),
  write(sql`UPDATE jobs SET ${finished(f.now)} WHERE id = ${f.jobId}`),
];

const finished = (now: number) => sql`state = 'completed', percent = 100, progress = 'done', finished_at = ${now},
  updated_at = ${now}, lease_until = NULL, error_code = NULL, error_message = NULL, error_events = NULL, cause = NULL, ${ranUntil(now)}`;

/** Adds the run that ends now to what the job's runs took; a job that waits has none. */
const ranUntil = (now: number) =>
  sql`ran_ms = ran_ms + iif(state = 'active', max(0, ${now} - coalesce(run_started_at, ${now})), 0)`;

/** A run leaves no reason behind, except for a newer state whose job a person has removed: nothing else would say so. */
const reasonsGone = (generation: number) => {
  const gone = sql`reason_code = 'job_removed' AND spec_generation > ${generation}`;
  return sql`reason = iif(${gone}, reason, NULL), reason_code = iif(${gone}, reason_code, NULL)`;
};

export interface RunFailure extends TimedClaim {
  failure: Pick<FailBody, 'code' | 'message' | 'events' | 'retryable' | 'scope'>;
  runsMax: number;
  backoffMs: number;
}

/** What the job says of its last run, and until when it waits: an exponential pause after `count` failures, at most `maxMs`. */
const failedRun = (f: RunFailure, count: SQL, baseMs: number, maxMs: number) => sql`
  lease_until = NULL, updated_at = ${f.now}, error_code = ${f.failure.code}, error_message = ${f.failure.message},
  error_events = ${JSON.stringify(f.failure.events)}, cause = ${causeOf(f.failure)}, ${ranUntil(f.now)},
  run_after = ${f.now} + min(${baseMs} * (1 << min(${count}, 20)), ${maxMs})`;

const longestPauseMs = 2 ** 40;

/**
 * A run failed: tried again after an exponential pause while runs are left, else given up. Where a newer desired state
 * already waits, this job ends and the newer one goes on with runs of its own. A run that only looked is never repeated.
 */
export function fail(f: RunFailure): Write[] {
  const newerWaits = sql`EXISTS (SELECT 1 FROM jobs w WHERE w.customer_id = (SELECT customer_id FROM jobs WHERE id = ${f.jobId}) AND w.state = 'waiting')`;
  const again = sql`(${f.failure.retryable ? 1 : 0} AND action = 'reconcile' AND failed_runs + 1 < ${f.runsMax} AND NOT ${newerWaits})`;
  return [
    guard('job_lease', holds(f)),
    write(sql`
      UPDATE jobs SET failed_runs = failed_runs + 1, ${failedRun(f, sql`failed_runs`, f.backoffMs, longestPauseMs)},
        state = CASE WHEN ${again} THEN 'waiting' ELSE 'failed' END,
        finished_at = CASE WHEN ${again} THEN NULL ELSE ${f.now} END
      WHERE id = ${f.jobId}`),
    write(sql`
      UPDATE deployments SET reason = ${f.failure.message}, reason_code = ${f.failure.code}, updated_at = ${f.now},
        status = CASE WHEN ${newerWaits} THEN status ELSE 'failed' END
      WHERE customer_id = (SELECT customer_id FROM jobs WHERE id = ${f.jobId} AND action = 'reconcile')`),
  ];
}

/**
 * Trouble of the cluster ended the run: it is no run of the customer's, and the job waits until the cluster is well again.
 * Where a newer desired state already waits, this job ends, because one job of a customer waits at a time.
 */
export function postpone(f: RunFailure): Write[] {
  const newerWaits = sql`EXISTS (SELECT 1 FROM jobs w WHERE w.customer_id = (SELECT customer_id FROM jobs WHERE id = ${f.jobId}) AND w.state = 'waiting')`;
  const again = sql`(action = 'reconcile' AND NOT ${newerWaits})`;
  return [
    guard('job_lease', holds(f)),
    write(sql`
      UPDATE jobs SET cluster_failures = cluster_failures + 1,
        ${failedRun(f, sql`cluster_failures`, clusterPauses.baseMs, clusterPauses.maxMs)},
        state = CASE WHEN ${again} THEN 'waiting' ELSE 'failed' END,
        finished_at = CASE WHEN ${again} THEN NULL ELSE ${f.now} END
      WHERE id = ${f.jobId}`),
    write(sql`
      UPDATE deployments SET reason = ${f.failure.message}, reason_code = ${f.failure.code}, updated_at = ${f.now}
      WHERE customer_id = (SELECT customer_id FROM jobs WHERE id = ${f.jobId} AND action = 'reconcile')`),
  ];
}
