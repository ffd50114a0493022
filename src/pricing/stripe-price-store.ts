/** Which price at Stripe is which plan version's. Owns `stripe_prices`. */
import { eq } from 'drizzle-orm';
import type { Db } from '../db/client.ts';
import { stripePrices } from '../db/stripe-schema.ts';
import { build, type Write, write } from '../db/write.ts';

export type StripePriceRow = typeof stripePrices.$inferSelect;

/** All of them, as a query: a few dozen rows at most. */
export const queryStripePrices = (db: Db) => db.select().from(stripePrices);

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

/** The price is gone at Stripe: the versions that had it get new ones. */
export const forgetStripePrice = (priceId: string): Write =>
  write(build.delete(stripePrices).where(eq(stripePrices.priceId, priceId)));
