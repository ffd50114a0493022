/** The subscription alone, as whoever needs no more of a customer reads it, and its state as a condition. Reads only. */
import { eq, type SQL, sql } from 'drizzle-orm';
import type { Db } from '../db/client.ts';
import { subscriptions } from '../db/control-schema.ts';

export type SubscriptionRow = typeof subscriptions.$inferSelect;

export async function findSubscription(db: Db, customerId: string): Promise<SubscriptionRow | null> {
  const rows = await db.select().from(subscriptions).where(eq(subscriptions.customerId, customerId));
  return rows[0] ?? null;
}

/** Whether the customer's stack stands because nothing was paid. */
export const isUnpaid = (customerId: string): SQL => sql`EXISTS (
  SELECT 1 FROM subscriptions WHERE customer_id = ${customerId} AND status = 'suspended' AND suspended_for = 'unpaid')`;
