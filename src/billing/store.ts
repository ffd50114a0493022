/** Billing settings as rows. Owns `billing_settings`. */
import { and, eq, type SQL, sql } from 'drizzle-orm';
import type { BillingRefusal, ShownAddress } from '../contracts/billing.ts';
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

/** Stripe has that address, which is newer than what was set here; no write where one is set meanwhile. */
export const noteAddress = (
  customerId: string,
  read: Pick<BillingRow, 'addressVersion'> | null,
  address: ShownAddress | null,
  now: number,
): Write =>
  write(
    build
      .insert(billingSettings)
      .values({ customerId, address, version: 0, refused: [], updatedAt: now })
      .onConflictDoUpdate({
        target: billingSettings.customerId,
        set: { address, addressVersion: null, refused: withoutAddress, updatedAt: now },
        setWhere: sql`${billingSettings.addressVersion} IS ${read?.addressVersion ?? null}
          AND coalesce(${billingSettings.addressVersion} <= ${billingSettings.sentVersion}, true)`,
      }),
  );

const withoutAddress = sql`(SELECT json_group_array(json(value)) FROM json_each(${billingSettings.refused})
  WHERE value ->> 'field' <> 'address')`;

/** Stripe has nothing of it: all is sent again, an address that it told us too. */
export const sendAnew = (customerId: string): Write =>
  write(
    build
      .update(billingSettings)
      .set({
        sentVersion: nothingSent,
        addressVersion: sql`CASE WHEN ${billingSettings.address} IS NULL THEN ${billingSettings.addressVersion}
          ELSE coalesce(${billingSettings.addressVersion}, ${billingSettings.version}) END`,
      })
      .where(eq(billingSettings.customerId, customerId)),
  );
/** Below every version: that of a row that has but an address of Stripe's is 0. */
const nothingSent = -1;

/** Whether nothing is set of the customer; where `collection` is asked for, nothing of that. */
export const isUnset = (customerId: string, of: 'anything' | 'collection' = 'anything'): SQL =>
  of === 'anything'
    ? sql`NOT EXISTS (SELECT 1 FROM billing_settings WHERE customer_id = ${customerId})`
    : sql`NOT EXISTS (SELECT 1 FROM billing_settings WHERE customer_id = ${customerId} AND collection IS NOT NULL)`;
