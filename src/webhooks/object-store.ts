/**
 * What we last saw of an object of Stripe's, and the count of its fetches. Owns `stripe_objects`. Who fetches an object raises the
 * count first, and writes under the guard that nobody has raised it since: of two that fetch the same object, the later fetch wins,
 * and the earlier one fetches again.
 */
import { eq, sql } from 'drizzle-orm';
import type { Db } from '../db/client.ts';
import { guard } from '../db/guards.ts';
import { stripeObjects } from '../db/stripe-schema.ts';
import { build, type Write, write } from '../db/write.ts';

export type ObjectKind = typeof stripeObjects.$inferSelect.kind;
export type ObjectRow = typeof stripeObjects.$inferSelect;

/** Raises the count, before the fetch. @returns the count that the fetch has */
export async function raiseFetch(
  db: Db,
  { id, kind, now }: { id: string; kind: ObjectKind; now: number },
): Promise<number> {
  const rows = await db
    .insert(stripeObjects)
    .values({ id, kind, fetchSeq: 1, updatedAt: now })
    .onConflictDoUpdate({ target: stripeObjects.id, set: { fetchSeq: sql`${stripeObjects.fetchSeq} + 1` } })
    .returning({ seq: stripeObjects.fetchSeq });
  const seq = rows[0]?.seq;
  if (seq === undefined) throw new Error('the count of an object’s fetches could not be raised');
  return seq;
}

export interface Fetched {
  id: string;
  /** What `raiseFetch` returned. */
  seq: number;
  customerId: string | null;
  /** What we use of it; null where it is not there any more. */
  body: Record<string, unknown> | null;
}

/** Keeps what was fetched. Fails the batch (`stripe_fetch`) where a later fetch has begun. */
export const keepFetched = ({ id, seq, customerId, body }: Fetched, now: number): Write[] => [
  guard('stripe_fetch', sql`EXISTS (SELECT 1 FROM stripe_objects WHERE id = ${id} AND fetch_seq = ${seq})`),
  write(
    build
      .update(stripeObjects)
      .set({ body, customerId, appliedSeq: seq, updatedAt: now })
      .where(eq(stripeObjects.id, id)),
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

export async function findObject(db: Db, id: string): Promise<ObjectRow | null> {
  const rows = await db.select().from(stripeObjects).where(eq(stripeObjects.id, id));
  return rows[0] ?? null;
}
