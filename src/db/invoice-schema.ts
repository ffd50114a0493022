/** The control database: invoices and their lines. Times are integer ms since the epoch (UTC), money whole cents. */
import { integer, primaryKey, sqliteTable, text } from 'drizzle-orm/sqlite-core';
import type { CostLine } from '../contracts/cost.ts';
import { customers } from './control-schema.ts';

/** Our row of each invoice. */
export const invoices = sqliteTable('invoices', {
  id: text('id').primaryKey(),
  customerId: text('customer_id')
    .notNull()
    .references(() => customers.id),
  kind: text('kind', { enum: ['cycle', 'closing', 'usage', 'delta'] }).notNull(),
  /** The period whose usage it bills; null where none. */
  periodStart: integer('period_start'),
  periodEnd: integer('period_end'),
  stripeInvoiceId: text('stripe_invoice_id').unique(),
  state: text('state', {
    enum: ['draft', 'held', 'finalizing', 'open', 'paid', 'uncollectible', 'void', 'failed'],
  }).notNull(),
  holdUntil: integer('hold_until'),
  holdReason: text('hold_reason', { enum: ['incomplete', 'approval', 'paused'] }),
  number: text('number'),
  subtotalCents: integer('subtotal_cents').notNull().default(0),
  creditCents: integer('credit_cents').notNull().default(0),
  taxCents: integer('tax_cents').notNull().default(0),
  totalCents: integer('total_cents').notNull().default(0),
  amountDueCents: integer('amount_due_cents').notNull().default(0),
  dueAt: integer('due_at'),
  hostedUrl: text('hosted_url'),
  late: integer('late', { mode: 'boolean' }).notNull().default(false),
  ratedAt: integer('rated_at'),
  finalizedAt: integer('finalized_at'),
  paidAt: integer('paid_at'),
  createdAt: integer('created_at').notNull(),
  updatedAt: integer('updated_at').notNull(),
});

/** Its lines, frozen as the wire has them. */
export const invoiceLines = sqliteTable(
  'invoice_lines',
  {
    invoiceId: text('invoice_id')
      .notNull()
      .references(() => invoices.id),
    lineId: text('line_id').notNull(),
    by: text('by', { enum: ['tenantry', 'stripe'] }).notNull(),
    periodStart: integer('period_start'),
    periodEnd: integer('period_end'),
    /** The invoice that billed the period first. */
    deltaOf: text('delta_of'),
    meter: text('meter').notNull(),
    amountCents: integer('amount_cents').notNull(),
    body: text('body', { mode: 'json' }).$type<CostLine>().notNull(),
    state: text('state', { enum: ['planned', 'held', 'billed', 'rejected'] }).notNull(),
    stripeLineId: text('stripe_line_id'),
  },
  (t) => [primaryKey({ columns: [t.invoiceId, t.lineId] })],
);
