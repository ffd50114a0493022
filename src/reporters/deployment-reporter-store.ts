/**
 * The two reporters of a customer's own stack: the exporter's, made at signup, and the application's, made with the first job
 * that brings its key. Each is active from a registration of its key on (register-reporter-key.ts).
 */
import { and, eq, sql } from 'drizzle-orm';
import type { Db } from '../db/client.ts';
import { reporters } from '../db/control-schema.ts';
import { highHalf, lowHalf } from '../db/slots.ts';
import { build, type Write, write } from '../db/write.ts';
import type { MeterOwner } from './application.ts';

/** The exporter's INSTANCE_ID in the customer's namespace, as the chart sets it. */
const instanceIdOf = (shortId: string): string => `k8s-${shortId}`;

/** Hourly windows are the default (spec §3). */
const windowSeconds = 3600;

export const insertDeploymentReporter = (row: {
  id: string;
  customerId: string;
  shortId: string;
  now: number;
}): Write =>
  write(
    build.insert(reporters).values({
      id: row.id,
      customerId: row.customerId,
      instanceId: instanceIdOf(row.shortId),
      windowSeconds,
      source: 'deployment',
      createdAt: row.now,
    }),
  );

/**
 * Makes the application's reporter of the leased job's customer, whose instance id is what the package for applications says by
 * itself. Nothing where there is one of that name, an admin's too, and for a job that changes nothing or deletes.
 */
export const insertApplicationReporter = (row: { id: string; leaseId: string; now: number }): Write =>
  write(sql`
    INSERT INTO reporters (id, customer_id, instance_id, window_seconds, source, created_at)
    SELECT ${row.id}, c.id, 'app-' || c.short_id, ${windowSeconds}, 'application', ${row.now}
    FROM jobs j JOIN customers c ON c.id = j.customer_id
    WHERE j.lease_id = ${row.leaseId} AND j.action = 'reconcile' AND j.leased_phase <> 'deleted'
      AND NOT EXISTS (SELECT 1 FROM reporters r WHERE r.customer_id = c.id AND r.instance_id = 'app-' || c.short_id)`);

/** The exporter's reporter of a customer. */
export async function findDeploymentReporter(
  db: Db,
  customerId: string,
): Promise<typeof reporters.$inferSelect | null> {
  const rows = await db
    .select()
    .from(reporters)
    .where(and(eq(reporters.customerId, customerId), eq(reporters.source, 'deployment')));
  return rows[0] ?? null;
}

/** Who owns meters of a customer's own namespace after an instant, ms. */
export async function findMeterOwners(db: Db, customerId: string, after: number): Promise<MeterOwner[]> {
  const rows = await db.all<{ source: MeterOwner['source']; low: number; high: number }>(sql`
    SELECT r.source AS source, ${lowHalf('o.meters')} AS low, ${highHalf('o.meters')} AS high
    FROM projects p JOIN ownerships o ON o.project_seq = p.seq JOIN reporters r ON r.seq = o.reporter_seq
    WHERE p.customer_id = ${customerId} AND p.own = 1 AND (o.until_at IS NULL OR o.until_at > ${after})`);
  return rows.map(({ source, low, high }) => ({ source, meters: { low, high } }));
}
