/** Renewal invoices, as events told them, of customers whose stack stands for an unpaid one and who pay by invoice. Reads only. */
import { type SQL, sql } from 'drizzle-orm';
import type { Db } from '../db/client.ts';

export interface Renewal {
  customerId: string;
  /** `in_…` */
  invoiceId: string;
}

/** Whether the drop of an invoice was planned already. */
export const isDropped = (invoiceId: string): SQL =>
  sql`EXISTS (SELECT 1 FROM outbox WHERE kind = 'stripe_drop' AND payload ->> 'invoice_id' = ${invoiceId})`;

/** Those that were made since the stack stands, and are still to be paid. The suspension's own notice says since when it stands. */
export const findRenewals = (db: Db, limit: number): Promise<Renewal[]> =>
  db.all<Renewal>(sql`
    SELECT s.customer_id AS customerId, o.id AS invoiceId
    FROM subscriptions s JOIN stripe_objects o ON o.customer_id = s.customer_id AND o.kind = 'invoice'
    WHERE s.status = 'suspended' AND s.suspended_for = 'unpaid' AND s.collection = 'invoice'
      AND o.body ->> 'status' IN ('draft', 'open') AND o.body ->> 'billingReason' = 'subscription_cycle'
      AND o.body ->> 'createdAt' >= (
        SELECT max(n.planned_at) FROM notices n WHERE n.customer_id = s.customer_id AND n.kind = 'suspended')
      AND NOT EXISTS (SELECT 1 FROM outbox d WHERE d.kind = 'stripe_drop' AND d.payload ->> 'invoice_id' = o.id)
    LIMIT ${limit}`);
