/**
 * What we last saw of an object at Stripe. A fetch is numbered before it begins, and only the newest one may be written: of two
 * handlers the later fetch wins, whichever commits first. Owns `stripe_objects`.
 */
import { and, desc, eq, sql } from 'drizzle-orm';
import type { Db } from '../db/client.ts';
import { guard } from '../db/guards.ts';
import { stripeObjects } from '../db/stripe-schema.ts';
import { build, type Write, write } from '../db/write.ts';

export type StripeObjectRow = typeof stripeObjects.$inferSelect;
export type StripeObjectKind = StripeObjectRow['kind'];

/** Numbers a fetch that is about to begin. @returns its number, from 1 */
export async function raiseFetch(
  db: Db,
  { id, kind, now }: { id: string; kind: StripeObjectKind; now: number },
): Promise<number> {
  const rows = await db
    .insert(stripeObjects)
    .values({ id, kind, fetchSeq: 1, updatedAt: now })
    .onConflictDoUpdate({ target: stripeObjects.id, set: { fetchSeq: sql`${stripeObjects.fetchSeq} + 1` } })
    .returning({ fetchSeq: stripeObjects.fetchSeq });
  const [row] = rows;
  if (!row) throw new Error(`the fetch of ${id} has no number`);
  return row.fetchSeq;
}

/** The object as it was last written, null before its first fetch. */
export async function findObject(db: Db, id: string): Promise<StripeObjectRow | null> {
  const rows = await db.select().from(stripeObjects).where(eq(stripeObjects.id, id));
  return rows[0] ?? null;
}

/** Stripe's id of the customer's newest object of a kind that we have seen; null where there is none. */
export async function findNewest(db: Db, customerId: string, kind: StripeObjectKind): Promise<string | null> {
  const rows = await db
    .select({ id: stripeObjects.id })
    .from(stripeObjects)
    .where(and(eq(stripeObjects.customerId, customerId), eq(stripeObjects.kind, kind)))
    .orderBy(desc(stripeObjects.updatedAt))
    .limit(1);
  return rows[0]?.id ?? null;
}

/** Writes what a fetch has shown; fails the batch when another fetch has begun since. */
export const writeFetched = (fetched: {
  id: string;
  fetchSeq: number;
  customerId: string;
  /** What we use of it; null where it is not there any more. */
  body: Record<string, unknown> | null;
  now: number;
}): Write[] => [
  guard(
    'stripe_fetch',
    sql`EXISTS (SELECT 1 FROM stripe_objects WHERE id = ${fetched.id} AND fetch_seq = ${fetched.fetchSeq})`,
  ),
  write(
    build
      .update(stripeObjects)
      .set({
        customerId: fetched.customerId,
        appliedSeq: fetched.fetchSeq,
        body: fetched.body,
        updatedAt: fetched.now,
      })
      .where(eq(stripeObjects.id, fetched.id)),
  ),
];

/** Notes until when we have Stripe keep the invoice a draft, ms. */
export const noteHeld = (invoice: { id: string; customerId: string }, until: number, now: number): Write =>
  write(
    build
      .insert(stripeObjects)
      .values({ id: invoice.id, kind: 'invoice', customerId: invoice.customerId, heldUntil: until, updatedAt: now })
      .onConflictDoUpdate({ target: stripeObjects.id, set: { heldUntil: until } }),
  );
