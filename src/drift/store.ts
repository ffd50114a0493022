/** Comparisons with Stripe and what they found. Owns `drift_runs`, `drift_seen` and `drift_findings`; decides nothing. */
import { and, desc, eq, isNull, ne, sql } from 'drizzle-orm';
import type { DriftKind } from '../contracts/drift.ts';
import type { Db } from '../db/client.ts';
import { guard } from '../db/guards.ts';
import { driftFindings, driftRuns } from '../db/stripe-schema.ts';
import { build, type Write, write } from '../db/write.ts';
import type { Difference } from './drift.ts';

/** What stands for the run of a difference that an invoice has shown: no comparison sees it again, so none says that it is gone. */
export const ofInvoices = 'invoices';

export type DriftRun = typeof driftRuns.$inferSelect;
export type Finding = typeof driftFindings.$inferSelect;

/** The comparison that is under way, null where none is. */
export async function findRunning(db: Db): Promise<DriftRun | null> {
  const rows = await db
    .select()
    .from(driftRuns)
    .where(isNull(driftRuns.finishedAt))
    .orderBy(desc(driftRuns.startedAt))
    .limit(1);
  return rows[0] ?? null;
}

/** The newest one that has ended; of two that ended at one instant, the one that began later. */
export async function findLastRun(db: Db): Promise<DriftRun | null> {
  const rows = await db
    .select()
    .from(driftRuns)
    .where(sql`finished_at IS NOT NULL AND error IS NULL`)
    .orderBy(desc(driftRuns.finishedAt), desc(driftRuns.startedAt), sql`rowid DESC`)
    .limit(1);
  return rows[0] ?? null;
}

export async function findRun(db: Db, id: string): Promise<DriftRun | null> {
  const rows = await db.select().from(driftRuns).where(eq(driftRuns.id, id));
  return rows[0] ?? null;
}

export const insertRun = (row: { id: string; startedAt: number; startedBy: string }): Write[] => [
  guard('drift_place', sql`NOT EXISTS (SELECT 1 FROM drift_runs WHERE finished_at IS NULL)`),
  write(build.insert(driftRuns).values(row)),
];

export interface Progress {
  phase: DriftRun['phase'];
  cursor: string;
  compared: number;
  found: number;
}

/** Takes the comparison further from where it was read; fails the batch where somebody else has. */
export const advance = (run: DriftRun, { phase, cursor, compared, found }: Progress): Write[] => [
  guard(
    'drift_place',
    sql`EXISTS (SELECT 1 FROM drift_runs WHERE id = ${run.id} AND finished_at IS NULL AND phase = ${run.phase} AND cursor = ${run.cursor})`,
  ),
  write(
    build
      .update(driftRuns)
      .set({ phase, cursor, compared: run.compared + compared, found: run.found + found })
      .where(eq(driftRuns.id, run.id)),
  ),
];

/** Ends it; with an error nothing is concluded from it. */
export const finish = (run: DriftRun, now: number, error: string | null): Write[] => [
  write(build.update(driftRuns).set({ finishedAt: now, error }).where(eq(driftRuns.id, run.id))),
  write(sql`DELETE FROM drift_seen WHERE run_id = ${run.id}`),
  ...(error === null
    ? [
        write(
          build
            .update(driftFindings)
            .set({ state: 'gone', updatedAt: now })
            .where(
              and(
                eq(driftFindings.state, 'open'),
                ne(driftFindings.runId, run.id),
                ne(driftFindings.runId, ofInvoices),
              ),
            ),
        ),
      ]
    : []),
];

/** Comparisons that ended before. */
export const forgetRuns = (before: number): Write =>
  write(sql`DELETE FROM drift_runs WHERE finished_at IS NOT NULL AND finished_at < ${before}`);

/** These were met at Stripe. */
export const noteSeen = (runId: string, objectIds: readonly string[]): Write =>
  write(
    sql`INSERT OR IGNORE INTO drift_seen (run_id, object_id) SELECT ${runId}, value FROM json_each(${JSON.stringify(objectIds)})`,
  );

/** Keeps a difference: one that is open already stays the same one; one that a person lets be is not said again. */
export const keepFinding = (id: string, runId: string, found: Difference, now: number): Write =>
  write(sql`
    INSERT INTO drift_findings (id, kind, side, object_id, customer_id, expected, found, fix, state, since, run_id, updated_at)
    SELECT ${id}, ${found.kind}, ${found.side}, ${found.objectId}, ${found.customerId}, ${found.expected}, ${found.found},
      ${found.fix}, 'open', ${now}, ${runId}, ${now}
    WHERE NOT EXISTS (SELECT 1 FROM drift_findings WHERE kind = ${found.kind} AND object_id = ${found.objectId}
      AND state = 'ignored' AND expected = ${found.expected} AND found = ${found.found})
    ON CONFLICT (kind, object_id) WHERE state = 'open' DO UPDATE SET side = excluded.side, customer_id = excluded.customer_id,
      expected = excluded.expected, found = excluded.found, fix = excluded.fix, run_id = excluded.run_id, updated_at = excluded.updated_at`);

export async function findFinding(db: Db, id: string): Promise<Finding | null> {
  const rows = await db.select().from(driftFindings).where(eq(driftFindings.id, id));
  return rows[0] ?? null;
}

/** Decides about an open difference; fails the batch where somebody has. */
export const decide = (id: string, state: 'fixed' | 'ignored', reason: string, now: number): Write[] => [
  guard('drift_open', sql`EXISTS (SELECT 1 FROM drift_findings WHERE id = ${id} AND state = 'open')`),
  write(build.update(driftFindings).set({ state, reason, updatedAt: now }).where(eq(driftFindings.id, id))),
];

export interface FindingFilter {
  open: boolean;
  kind?: DriftKind | undefined;
  page: number;
  limit: number;
}

/** One page of what differs, or did, newest first. */
export async function listFindings(db: Db, { open, kind, page, limit }: FindingFilter) {
  const where = and(
    open ? eq(driftFindings.state, 'open') : ne(driftFindings.state, 'open'),
    kind === undefined ? undefined : eq(driftFindings.kind, kind),
  );
  const [rows, counted] = await db.batch([
    db
      .select()
      .from(driftFindings)
      .where(where)
      .orderBy(desc(driftFindings.since), driftFindings.id)
      .limit(limit)
      .offset((page - 1) * limit),
    db.select({ total: sql<number>`count(*)` }).from(driftFindings).where(where),
  ]);
  return { rows, total: counted[0]?.total ?? 0 };
}
