/** The reporter of a customer's own stack: made at signup, active from the first registration of its key. */
import { and, eq } from 'drizzle-orm';
import type { Db } from '../db/client.ts';
import { reporters } from '../db/control-schema.ts';
import { build, type Write, write } from '../db/write.ts';

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

/** The deployment's reporter of a customer. */
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
