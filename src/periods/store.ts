/** The rows of `billing_periods`. A trigger refuses overlaps. */
import { desc, eq } from 'drizzle-orm';
import type { Db } from '../db/client.ts';
import { billingPeriods } from '../db/control-schema.ts';
import { build, type Write, write } from '../db/write.ts';
import type { Period } from './period.ts';

export interface StoredPeriod extends Period {
  anchorDay: number;
  source: 'signup' | 'stripe';
}

/** Adds a period; one with the same start stays as it is, because two readers may extend at once. */
export const insert = (customerId: string, period: StoredPeriod): Write =>
  write(
    build
      .insert(billingPeriods)
      .values({
        customerId,
        startAt: period.start,
        endAt: period.end,
        anchorDay: period.anchorDay,
        source: period.source,
      })
      .onConflictDoNothing({ target: [billingPeriods.customerId, billingPeriods.startAt] }),
  );

const fields = {
  start: billingPeriods.startAt,
  end: billingPeriods.endAt,
  anchorDay: billingPeriods.anchorDay,
  source: billingPeriods.source,
};

/** The newest period of a customer, null when there is none. */
export async function latest(db: Db, customerId: string): Promise<StoredPeriod | null> {
  const rows = await db
    .select(fields)
    .from(billingPeriods)
    .where(eq(billingPeriods.customerId, customerId))
    .orderBy(desc(billingPeriods.startAt))
    .limit(1);
  return rows[0] ?? null;
}
