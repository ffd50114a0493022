/** Which price at Stripe is which plan version's. Owns `stripe_prices`. */
import { and, eq } from 'drizzle-orm';
import type { Db } from '../db/client.ts';
import { stripePrices } from '../db/stripe-schema.ts';
import { build, type Write, write } from '../db/write.ts';
import type { Interval } from './stripe-price.ts';

export type StripePriceRow = typeof stripePrices.$inferSelect;

/** All of them, as a query: a few dozen rows at most. */
export const queryStripePrices = (db: Db) => db.select().from(stripePrices);

/** The price of a version, null while Stripe has none. */
export async function findStripePrice(
  db: Db,
  { plan, version, interval }: { plan: string; version: string; interval: Interval },
): Promise<StripePriceRow | null> {
  const rows = await db
    .select()
    .from(stripePrices)
    .where(
      and(eq(stripePrices.plan, plan), eq(stripePrices.planVersion, version), eq(stripePrices.interval, interval)),
    );
  return rows[0] ?? null;
}

/** Whose price that is, null for one that is not of our catalogue. Versions that share a bound price answer the newest. */
export async function findByPriceId(db: Db, priceId: string): Promise<StripePriceRow | null> {
  const rows = await db.select().from(stripePrices).where(eq(stripePrices.priceId, priceId));
  return rows.reduce<StripePriceRow | null>(
    (newest, row) => (newest === null || row.createdAt > newest.createdAt ? row : newest),
    null,
  );
}

/** Keeps the price; another one of the same version and interval replaces it. */
export const keepStripePrice = (row: StripePriceRow): Write =>
  write(
    build
      .insert(stripePrices)
      .values(row)
      .onConflictDoUpdate({
        target: [stripePrices.plan, stripePrices.planVersion, stripePrices.interval],
        set: { priceId: row.priceId, productId: row.productId, source: row.source, createdAt: row.createdAt },
      }),
  );
