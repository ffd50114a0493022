/** Spend caps and what happened to them. Owns `spend_caps` and `spend_cap_events`. */
import { asc, desc, eq, lte, sql } from 'drizzle-orm';
import type { Db } from '../db/client.ts';
import { guard } from '../db/guards.ts';
import { spendCapEvents, spendCaps } from '../db/spend-cap-schema.ts';
import { build, type Write, write } from '../db/write.ts';

export type CapRow = typeof spendCaps.$inferSelect;
export type CapEvent = Omit<typeof spendCapEvents.$inferSelect, 'seq'>;

export async function findCap(db: Db, customerId: string): Promise<CapRow | null> {
  const rows = await db.select().from(spendCaps).where(eq(spendCaps.customerId, customerId));
  return rows[0] ?? null;
}

/**
 * Fails the batch unless the cap is as it was read; null: there is none. One that was removed and set anew counts from 1 again, so what it
 * says is compared, too.
 */
const guardAsRead = (customerId: string, before: CapRow | null): Write =>
  guard(
    'spend_cap_unchanged',
    before === null
      ? sql`NOT EXISTS (SELECT 1 FROM spend_caps WHERE customer_id = ${customerId})`
      : sql`EXISTS (SELECT 1 FROM spend_caps WHERE customer_id = ${customerId} AND version = ${before.version}
          AND cap_cents = ${before.capCents} AND action = ${before.action})`,
  );

/** Puts the cap in the place of the one that was read. A mark that came meanwhile has it looked at again. */
export function put(before: CapRow | null, next: Omit<CapRow, 'version' | 'marks'>): Write[] {
  const { customerId, lookAt, ...row } = next;
  const looks =
    before === null ? lookAt : sql`iif(${spendCaps.marks} = ${before.marks}, ${lookAt}, ${spendCaps.lookAt})`;
  return [
    guardAsRead(customerId, before),
    before === null
      ? write(build.insert(spendCaps).values({ ...next, version: 1, marks: 0 }))
      : write(
          build
            .update(spendCaps)
            .set({ ...row, lookAt: looks, version: before.version + 1 })
            .where(eq(spendCaps.customerId, customerId)),
        ),
  ];
}

export const remove = (before: CapRow): Write[] => [
  guardAsRead(before.customerId, before),
  write(build.delete(spendCaps).where(eq(spendCaps.customerId, before.customerId))),
];

export const insertEvent = (event: CapEvent): Write => write(build.insert(spendCapEvents).values(event));

/** What some customers' periods cost may have changed: their caps are due to be looked at. Nothing for who has none. */
export const mark = (customerIds: readonly string[], now: number): Write => write(markSql(customerIds, now));

const markSql = (customerIds: readonly string[], now: number) => sql`
  UPDATE spend_caps SET marks = marks + 1, look_at = min(look_at, ${now})
  WHERE customer_id IN (SELECT value FROM json_each(${JSON.stringify(customerIds)}))`;

/** The same, at once. @returns who of them has a cap */
export async function markNow(db: Db, customerIds: readonly string[], now: number): Promise<string[]> {
  const rows = await db.all<{ id: string }>(sql`${markSql(customerIds, now)} RETURNING customer_id AS id`);
  return rows.map(({ id }) => id);
}

/** Whose cap is due to be looked at, the longest due first. */
export async function findDue(db: Db, now: number, limit: number): Promise<string[]> {
  const rows = await db
    .select({ customerId: spendCaps.customerId })
    .from(spendCaps)
    .where(lte(spendCaps.lookAt, now))
    .orderBy(asc(spendCaps.lookAt))
    .limit(limit);
  return rows.map(({ customerId }) => customerId);
}

/** Whether the cap stops whatever would run: it is reached, the customer chose so, and its period is not over. */
export const isStopping = (cap: CapRow | null, now: number): boolean =>
  cap !== null && cap.action === 'suspend' && cap.state !== 'below' && cap.periodEnd > now;

/** The newest events of a customer's caps. */
export const findEvents = (db: Db, customerId: string, limit: number): Promise<CapEvent[]> =>
  db
    .select()
    .from(spendCapEvents)
    .where(eq(spendCapEvents.customerId, customerId))
    .orderBy(desc(spendCapEvents.seq))
    .limit(limit);
