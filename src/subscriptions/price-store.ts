/** Which plan versions a price at Stripe is of. Reads `stripe_prices`, which is pricing's. */
import { desc, eq, or, sql } from 'drizzle-orm';
import type { Db } from '../db/client.ts';
import { planVersions } from '../db/pricing-schema.ts';
import { stripePrices } from '../db/stripe-schema.ts';

/** A plan version as it is sold at Stripe. */
export interface Offer {
  plan: string;
  planVersion: string;
  interval: 'month' | 'year';
  priceId: string;
}

const fields = {
  plan: stripePrices.plan,
  planVersion: stripePrices.planVersion,
  interval: stripePrices.interval,
  priceId: stripePrices.priceId,
};

/** What the prices are of; a price that an operator has bound may be of several versions: those that are sold first, the newest first. */
export const findOffers = (db: Db, priceIds: readonly string[]): Promise<Offer[]> =>
  db
    .select(fields)
    .from(stripePrices)
    .leftJoin(
      planVersions,
      sql`${planVersions.plan} = ${stripePrices.plan} AND ${planVersions.version} = ${stripePrices.planVersion}`,
    )
    .where(or(...priceIds.map((id) => eq(stripePrices.priceId, id))) ?? sql`0`)
    .orderBy(desc(sql`${planVersions.state} = 'sold'`), desc(stripePrices.createdAt));
