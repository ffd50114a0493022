/** The control database, the part of billing settings: how a customer is billed, and whether Stripe has it so. Times in ms. */
import { integer, sqliteTable, text } from 'drizzle-orm/sqlite-core';
import type { BillingRefusal, ShownAddress, TaxExempt, TaxId } from '../contracts/billing.ts';
import { customers } from './control-schema.ts';

/** No row: everything is as it is without settings. A null is not set. */
export const billingSettings = sqliteTable('billing_settings', {
  customerId: text('customer_id')
    .primaryKey()
    .references(() => customers.id),
  collection: text('collection', { enum: ['card', 'invoice'] }),
  netDays: integer('net_days'),
  taxExempt: text('tax_exempt').$type<TaxExempt>(),
  poNumber: text('po_number'),
  taxIds: text('tax_ids', { mode: 'json' }).$type<TaxId[]>(),
  address: text('address', { mode: 'json' }).$type<ShownAddress>(),
  /** The `version` that set this address, or took it back; null: nobody did here, and an address is what Stripe told us. */
  addressVersion: integer('address_version'),
  billingEmail: text('billing_email'),
  /** Counts what people set; what Stripe has is of `sentVersion`. */
  version: integer('version').notNull(),
  sentVersion: integer('sent_version').notNull().default(0),
  /** What Stripe refused of it. */
  refused: text('refused', { mode: 'json' }).$type<BillingRefusal[]>().notNull(),
  updatedAt: integer('updated_at').notNull(),
});
