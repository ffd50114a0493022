/** Deployments and what is read of their jobs. Owns `deployments` and `phase_changes`; changes of jobs: job-store.ts. */
import { and, asc, eq, lte, sql } from 'drizzle-orm';
import type { SQLiteUpdateSetSource } from 'drizzle-orm/sqlite-core';
import type { Phase, Verb } from '../contracts/jobs.ts';
import type { Db } from '../db/client.ts';
import { customers, projects, reporters } from '../db/control-schema.ts';
import { guard } from '../db/guards.ts';
import { deployments, phaseChanges } from '../db/work-schema.ts';
import { build, type Write, write } from '../db/write.ts';

export type DeploymentRow = typeof deployments.$inferSelect;

/** The deployment of a customer. */
export async function find(db: Db, customerId: string): Promise<DeploymentRow | null> {
  const rows = await db.select().from(deployments).where(eq(deployments.customerId, customerId));
  return rows[0] ?? null;
}

export interface FirstDeployment {
  customerId: string;
  clusterId: string;
  namespace: string;
  plan: string;
  jobId: string;
  now: number;
}

/** A deployment at generation 1 with its first job. */
export const insertFirst = (d: FirstDeployment): Write[] => [
  write(
    build.insert(deployments).values({
      customerId: d.customerId,
      clusterId: d.clusterId,
      namespace: d.namespace,
      phase: 'running',
      plan: d.plan,
      specGeneration: 1,
      observedGeneration: 0,
      status: 'pending',
      updatedAt: d.now,
    }),
  ),
  recordPhase(d.customerId, d.now),
  ...requestRun({ customerId: d.customerId, verb: 'deploy', jobId: d.jobId, now: d.now }),
];

const recordPhase = (customerId: string, now: number): Write =>
  write(
    build.insert(phaseChanges).select(
      build
        .select({
          customerId: deployments.customerId,
          generation: deployments.specGeneration,
          effectiveAt: sql<number>`${now}`.as('effective_at'),
          phase: deployments.phase,
        })
        .from(deployments)
        .where(eq(deployments.customerId, customerId)),
    ),
  );

/** A run towards what is desired. */
interface Run {
  customerId: string;
  verb: Verb;
  jobId: string;
  now: number;
}

const standing = (customerId: string) =>
  sql`EXISTS (SELECT 1 FROM deployments WHERE customer_id = ${customerId} AND phase <> 'deleted')`;

export interface Desire extends Run {
  phase: Phase;
  plan?: string;
  /** Where this suspends what was to run: the last window to wait for, null for none. What suspends again changes no drain. */
  drainWindowEnd: number | null;
}

/** Changes what should run. */
export const desire = (d: Desire): Write[] => [
  guard('deployment_standing', standing(d.customerId)),
  ...nextGeneration(d, {
    phase: d.phase,
    ...(d.plan ? { plan: d.plan } : {}),
    drainWindowEnd:
      d.phase === 'suspended'
        ? sql`CASE phase WHEN 'running' THEN ${d.drainWindowEnd} ELSE drain_window_end END`
        : null,
  }),
];

const draining = (customerId: string, generation: number) =>
  sql`EXISTS (SELECT 1 FROM deployments WHERE customer_id = ${customerId}
      AND spec_generation = ${generation} AND drain_window_end IS NOT NULL)`;

/** Whether the deployment still drains at that generation. */
export async function drainsAt(db: Db, customerId: string, generation: number): Promise<boolean> {
  const rows = await db.all<{ drains: number }>(sql`SELECT ${draining(customerId, generation)} AS drains`);
  return rows[0]?.drains === 1;
}

/** Ends the drain of a generation, so that nothing runs any more. Fails the batch when that is no longer what is desired. */
export const endDrain = (d: Run & { generation: number }): Write[] => [
  guard('draining', draining(d.customerId, d.generation)),
  ...nextGeneration(d, { drainWindowEnd: null }),
];

/** Has the stack brought to what is desired once more; `dataLost`: a person has answered that its data is gone. */
export const redeploy = (d: Run & { dataLost: boolean }): Write[] => [
  guard('deployment_standing', standing(d.customerId)),
  ...nextGeneration(d, d.dataLost ? { expectsData: false, claimUid: null } : {}),
];

/**
 * Ready deployments that nobody has looked at since `before`, the longest ago first. A look that failed since then counts as one: made again
 * each minute it would keep all others from theirs. Two looks into the index: of one for both, SQLite reads every deployment that was looked
 * at since, each minute.
 */
export async function findUnchecked(db: Db, before: number, limit: number): Promise<string[]> {
  const idle = sql`SELECT customer_id FROM deployments d WHERE status = 'ready'
    AND NOT EXISTS (SELECT 1 FROM jobs j WHERE j.customer_id = d.customer_id
      AND (j.state IN ('waiting', 'active') OR (j.action = 'drift' AND j.created_at > ${before})))`;
  const rows = await db.all<{ customer_id: string }>(sql`
    SELECT * FROM (${idle} AND drift_checked_at IS NULL LIMIT ${limit}) UNION ALL
    SELECT * FROM (${idle} AND drift_checked_at <= ${before} ORDER BY drift_checked_at LIMIT ${limit}) LIMIT ${limit}`);
  return rows.map((row) => row.customer_id);
}

/** Drains whose last window is over, oldest first, with what names that window in the customer's usage shard. */
export async function findDrains(db: Db, now: number, limit: number) {
  const rows = await db
    .select({
      customerId: deployments.customerId,
      generation: deployments.specGeneration,
      windowEnd: deployments.drainWindowEnd,
      usageShard: customers.usageShard,
      customerSeq: customers.seq,
      reporterSeq: reporters.seq,
      projectSeq: projects.seq,
    })
    .from(deployments)
    .innerJoin(customers, eq(customers.id, deployments.customerId))
    .innerJoin(reporters, and(eq(reporters.customerId, customers.id), eq(reporters.source, 'deployment')))
    .innerJoin(projects, and(eq(projects.customerId, customers.id), eq(projects.own, true)))
    .where(lte(deployments.drainWindowEnd, now))
    .orderBy(asc(deployments.drainWindowEnd))
    .limit(limit);
  return rows.flatMap((row) => (row.windowEnd === null ? [] : [{ ...row, windowEnd: row.windowEnd }]));
}

/** Sets what is desired: the generation goes up by one, and a job will bring the stack to at least it. */
const nextGeneration = (d: Run, desired: SQLiteUpdateSetSource<typeof deployments>): Write[] => [
  write(
    build
      .update(deployments)
      .set({ ...desired, specGeneration: sql`${deployments.specGeneration} + 1`, updatedAt: d.now })
      .where(eq(deployments.customerId, d.customerId)),
  ),
  recordPhase(d.customerId, d.now),
  ...requestRun(d),
];

/** A waiting job is raised to the new generation; without one a new job is made. Whoever asks rings (src/outbox/store.ts `ringWaiting`). */
function requestRun(d: Run): Write[] {
  return [
    write(sql`
      UPDATE jobs SET verb = ${d.verb}, action = 'reconcile', failed_runs = 0, lost_leases = 0, looks = 0,
        run_after = ${d.now}, updated_at = ${d.now}, generation = (SELECT spec_generation FROM deployments WHERE customer_id = ${d.customerId})
      WHERE customer_id = ${d.customerId} AND state = 'waiting'`),
    write(sql`
      INSERT INTO jobs (id, customer_id, cluster_id, verb, generation, state, run_after, rung_at, created_at, updated_at)
      SELECT ${d.jobId}, customer_id, cluster_id, ${d.verb}, spec_generation, 'waiting', ${d.now}, ${d.now}, ${d.now}, ${d.now}
      FROM deployments
      WHERE customer_id = ${d.customerId}
        AND NOT EXISTS (SELECT 1 FROM jobs WHERE customer_id = ${d.customerId} AND state = 'waiting')`),
  ];
}
