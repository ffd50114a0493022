/** Where no job begins, and since when. Owns `queue_pauses`; that `next` leases nothing there is job-store.ts `lease`. */
import { asc, eq, type SQL, sql } from 'drizzle-orm';
import type { Db } from '../db/client.ts';
import { jobs, queuePauses } from '../db/work-schema.ts';
import { build, type Write, write } from '../db/write.ts';

export type PauseRow = typeof queuePauses.$inferSelect;

/** The scope of all clusters; no cluster can be called so. */
export const everywhere = '*';

/** Whether the queue is paused in a cluster, as SQL. */
export const pausedIn = (clusterId: SQL): SQL =>
  sql`EXISTS (SELECT 1 FROM queue_pauses WHERE scope IN (${clusterId}, ${everywhere}))`;

/** All pauses, the one of all clusters first. */
export const listPauses = (db: Db): Promise<PauseRow[]> =>
  db.select().from(queuePauses).orderBy(asc(queuePauses.scope));

/** Pauses; what is paused already stays so since then, for the new reason. */
export const insertPause = (row: PauseRow): Write =>
  write(
    build
      .insert(queuePauses)
      .values(row)
      .onConflictDoUpdate({ target: queuePauses.scope, set: { reason: row.reason, pausedBy: row.pausedBy } }),
  );

/** Ends a pause: what became due in it is rung for at once (job-orders-store.ts `takeUnrung`), as if it never had been. */
export const endPause = (scope: string): Write[] => [
  write(build.delete(queuePauses).where(eq(queuePauses.scope, scope))),
  write(
    build
      .update(jobs)
      .set({ rungAt: 0 })
      .where(
        sql`${jobs.state} IN ('waiting', 'active') AND ${scope === everywhere ? sql`true` : eq(jobs.clusterId, scope)}`,
      ),
  ),
];
