/** Billing settings as rows. Owns `billing_settings`. */
import { and, eq, type SQL, sql } from 'drizzle-orm';
import type { BillingRefusal } from '../contracts/billing.ts';
import { billingSettings } from '../db/billing-schema.ts';
import type { Db } from '../db/client.ts';
import { guard } from '../db/guards.ts';
import { build, type Write, write } from '../db/write.ts';
import type { Settings } from './settings.ts';

export type BillingRow = typeof billingSettings.$inferSelect;

export async function findBilling(db: Db, customerId: string): Promise<BillingRow | null> {
  const rows = await db.select().from(billingSettings).where(eq(billingSettings.customerId, customerId));
  return rows[0] ?? null;
}

/** Puts the settings in the place of those that were read (null: of none); fails the batch where others were faster. */
export function putBilling(customerId: string, before: BillingRow | null, next: Settings, now: number): Write[] {
  const version = before?.version ?? 0;
  const values = {
    ...next,
    taxIds: next.taxIds === null ? null : [...next.taxIds],
    version: version + 1,
    updatedAt: now,
  };
  return [
    guard(
      'billing_settings_unchanged',
      sql`coalesce((SELECT version FROM billing_settings WHERE customer_id = ${customerId}), 0) = ${version}`,
    ),
    write(
      build
        .insert(billingSettings)
        .values({ customerId, ...values, refused: [] })
        .onConflictDoUpdate({ target: billingSettings.customerId, set: values }),
    ),
  ];
}

/** Stripe has the settings of that version, but for what it refused. */
export const noteSent = (customerId: string, version: number, refused: readonly BillingRefusal[]): Write =>
  write(
    build
      .update(billingSettings)
      .set({ sentVersion: version, refused: [...refused] })
      .where(and(eq(billingSettings.customerId, customerId), sql`${billingSettings.sentVersion} <= ${version}`)),
  );

/** Whether nothing is set of the customer; where `collection` is asked for, nothing of that. */
export const isUnset = (customerId: string, of: 'anything' | 'collection' = 'anything'): SQL =>
  of === 'anything'
    ? sql`NOT EXISTS (SELECT 1 FROM billing_settings WHERE customer_id = ${customerId})`
    : sql`NOT EXISTS (SELECT 1 FROM billing_settings WHERE customer_id = ${customerId} AND collection IS NOT NULL)`;
