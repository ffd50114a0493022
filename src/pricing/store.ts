/** Plan history and overrides of a customer: rows and statements. Owns `agreed_overrides`. */
import { asc, eq } from 'drizzle-orm';
import type { Db } from '../db/client.ts';
import { planChanges } from '../db/control-schema.ts';
import { agreedOverrides } from '../db/pricing-schema.ts';
import { build, type Write, write } from '../db/write.ts';
import type { Catalogue } from './catalogue.ts';
import { queryCatalogue } from './catalogue-store.ts';
import type { OverrideRow, PlanChange } from './segments.ts';

/** What a period is rated by: the plans of the customer and what is its own, each oldest first, and what the plans say. */
export interface RatingBasis {
  changes: readonly PlanChange[];
  overrides: readonly OverrideRow[];
  catalogue: Catalogue;
}

/** What rating needs to know of a customer beside its usage. */
export async function findRatingBasis(db: Db, customerId: string): Promise<RatingBasis> {
  const [changes, overrides, versions] = await db.batch([
    db
      .select({
        effectiveAt: planChanges.effectiveAt,
        plan: planChanges.plan,
        planVersion: planChanges.planVersion,
      })
      .from(planChanges)
      .where(eq(planChanges.customerId, customerId))
      .orderBy(asc(planChanges.effectiveAt)),
    db
      .select({
        effectiveAt: agreedOverrides.effectiveAt,
        plan: agreedOverrides.plan,
        allowances: agreedOverrides.allowances,
        prices: agreedOverrides.prices,
        untilPlanChange: agreedOverrides.untilPlanChange,
      })
      .from(agreedOverrides)
      .where(eq(agreedOverrides.customerId, customerId))
      .orderBy(asc(agreedOverrides.effectiveAt)),
    queryCatalogue(db),
  ]);
  return { changes, overrides, catalogue: { versions } };
}

/** Stores what was agreed; another agreement of the same instant is replaced. */
export const agree = (customerId: string, { effectiveAt, ...row }: OverrideRow, now: number): Write => {
  const values = { ...row, allowances: { ...row.allowances }, prices: { ...row.prices }, updatedAt: now };
  return write(
    build
      .insert(agreedOverrides)
      .values({ customerId, effectiveAt, ...values })
      .onConflictDoUpdate({ target: [agreedOverrides.customerId, agreedOverrides.effectiveAt], set: values }),
  );
};
