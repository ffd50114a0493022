/** Invoices that Stripe could not finalise because it knows no address that tax can be worked out for. Reads only. */
import { sql } from 'drizzle-orm';
import type { Db } from '../db/client.ts';

/** Stripe's code of it. */
export const noTaxLocation = 'customer_tax_location_invalid';

/** Ids of ours: those that the last fetch showed so, and those whose order is on its way and may meet the same. */
export async function findStuckDrafts(db: Db, customerId: string): Promise<string[]> {
  const rows = await db.all<{
    id: string;
  }>(sql`SELECT i.id FROM invoices i JOIN stripe_objects o ON o.id = i.stripe_invoice_id
    WHERE i.customer_id = ${customerId} AND o.kind = 'invoice' AND o.body ->> 'status' = 'draft'
      AND ((i.state = 'failed' AND o.body ->> 'finalizationError' = ${noTaxLocation}) OR i.state = 'finalizing')`);
  return rows.map(({ id }) => id);
}
