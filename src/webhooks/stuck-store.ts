/** Drafts that Stripe could not finalise because it knows no address that tax can be worked out for. Reads only. */
import { type SQL, sql } from 'drizzle-orm';
import type { Db } from '../db/client.ts';

/** Stripe's code of it. */
export const noTaxLocation = 'customer_tax_location_invalid';

/** A customer's, as their last fetch showed them. */
export async function findStuckDrafts(db: Db, customerId: string): Promise<string[]> {
  const rows = await db.all<{ id: string }>(sql`SELECT id FROM stripe_objects
    WHERE customer_id = ${customerId} AND kind = 'invoice'
      AND body ->> 'status' = 'draft' AND body ->> 'finalizationError' = ${noTaxLocation}`);
  return rows.map(({ id }) => id);
}

/** Whether another attempt to finalise it is on its way. */
export const isBeingFinalised = (invoiceId: string): SQL => sql`EXISTS (
  SELECT 1 FROM outbox WHERE kind = 'stripe_unstick' AND state IN ('planned', 'sent') AND payload ->> 'invoice_id' = ${invoiceId})`;
