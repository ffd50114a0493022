/** Plan history and overrides of a customer: rows and statements. */
import { asc, eq } from 'drizzle-orm';
import type { Db } from '../db/client.ts';
import { overrides, planChanges } from '../db/control-schema.ts';
import { build, type Write, write } from '../db/write.ts';
import type { Catalogue } from './catalogue.ts';
import { queryCatalogue } from './catalogue-store.ts';
import type { OverrideRow, PlanChange } from './segments.ts';
import type { Overrides } from './stretch.ts';

/** What a period is rated by: the plans that the customer had and what is its own, each oldest first, and what the plans say. */
export interface RatingBasis {
  changes: readonly PlanChange[];
  overrides: readonly OverrideRow[];
  catalogue: Catalogue;
}

/** What rating needs to know of a customer beside its usage. */
export async function findRatingBasis(db: Db, customerId: string): Promise<RatingBasis> {
  const [changes, override, versions] = await db.batch([
    db
      .select({
        effectiveAt: planChanges.effectiveAt,
        plan: planChanges.plan,
        planVersion: planChanges.planVersion,
      })
      .from(planChanges)
      .where(eq(planChanges.customerId, customerId))
      .orderBy(asc(planChanges.effectiveAt)),
    db.select().from(overrides).where(eq(overrides.customerId, customerId)),
    queryCatalogue(db),
  ]);
  // A stored row counts from the beginning and stays with the customer whatever the plan.
  const rows = override.map(
    ({ allowances, prices }): OverrideRow => ({
      effectiveAt: 0,
      allowances,
      prices,
      plan: changes[0]?.plan ?? '',
      untilPlanChange: false,
    }),
  );
  return { changes, overrides: rows, catalogue: { versions } };
}

/** Replaces all overrides of a customer. */
export const setOverrides = (customerId: string, next: Overrides, now: number): Write => {
  const values = { allowances: { ...next.allowances }, prices: { ...next.prices }, updatedAt: now };
  return write(
    build
      .insert(overrides)
      .values({ customerId, ...values })
      .onConflictDoUpdate({ target: overrides.customerId, set: values }),
  );
};
