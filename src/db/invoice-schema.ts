/**
 * The control database: invoices with their lines, and what holds billing back (src/invoices). Times are integer ms since the
 * epoch (UTC), amounts whole cents.
 */
import { sql } from 'drizzle-orm';
import { index, integer, primaryKey, sqliteTable, text, uniqueIndex } from 'drizzle-orm/sqlite-core';
import type { CostLine } from '../contracts/cost.ts';
import type {
  BillingMode,
  HeldWhy,
  HoldReason,
  InvoiceKind,
  InvoiceState,
  LineBy,
  LineState,
} from '../contracts/invoices.ts';
import { customers } from './control-schema.ts';

const at = (name: string) => integer(name);

/** Every invoice of a customer: Stripe's of its subscription, and ours. */
export const invoices = sqliteTable(
  'invoices',
  {
    /** `inv_…` */
    id: text('id').primaryKey(),
    customerId: text('customer_id')
      .notNull()
      .references(() => customers.id),
    kind: text('kind').$type<InvoiceKind>().notNull(),
    /** The period whose usage it bills; null where it bills none of its own. */
    periodStart: at('period_start'),
    periodEnd: at('period_end'),
    /** `in_…`; null while Stripe has none. */
    stripeInvoiceId: text('stripe_invoice_id').unique(),
    state: text('state').$type<InvoiceState>().notNull(),
    /** Until when it may stay a draft. */
    holdUntil: at('hold_until'),
    holdReason: text('hold_reason').$type<HoldReason>(),
    /** When cron looks at it next; null where it waits for nothing of cron's. */
    lookAt: at('look_at'),
    number: text('number'),
    subtotalCents: integer('subtotal_cents').notNull().default(0),
    creditCents: integer('credit_cents').notNull().default(0),
    taxCents: integer('tax_cents').notNull().default(0),
    totalCents: integer('total_cents').notNull().default(0),
    amountDueCents: integer('amount_due_cents').notNull().default(0),
    dueAt: at('due_at'),
    hostedUrl: text('hosted_url'),
    /** Whether it went without all that was used. */
    late: integer('late', { mode: 'boolean' }).notNull().default(false),
    /** Whether its lines were computed and not sent. */
    shadow: integer('shadow', { mode: 'boolean' }).notNull().default(false),
    /** When our lines were fixed. */
    ratedAt: at('rated_at'),
    /** When they were ordered to be sent. */
    orderedAt: at('ordered_at'),
    finalizedAt: at('finalized_at'),
    paidAt: at('paid_at'),
    createdAt: at('created_at').notNull(),
    updatedAt: at('updated_at').notNull(),
  },
  (t) => [
    uniqueIndex('invoices_period')
      .on(t.customerId, t.periodStart)
      .where(sql`period_start IS NOT NULL AND state <> 'void'`),
    index('invoices_customer').on(t.customerId, t.createdAt),
    index('invoices_created').on(t.createdAt),
    index('invoices_look').on(t.lookAt).where(sql`look_at IS NOT NULL`),
  ],
);

/** Lines of invoices. Our own are fixed when the invoice is rated, Stripe's are copied when it is finalised. */
export const invoiceLines = sqliteTable(
  'invoice_lines',
  {
    invoiceId: text('invoice_id')
      .notNull()
      .references(() => invoices.id),
    /** Unique on the invoice: the period's start and the identity of the rated line (src/pricing/line.ts). */
    lineId: text('line_id').notNull(),
    /** `lin_…`: what a decision about a held line names. */
    id: text('id').notNull().unique(),
    /** The identity of the rated line in its period. */
    identity: text('identity').notNull(),
    by: text('by').$type<LineBy>().notNull(),
    /** The period that it is of; null of a line that is of none. */
    periodStart: at('period_start'),
    periodEnd: at('period_end'),
    /** The invoice that billed the period first, where this one corrects it. */
    deltaOf: text('delta_of'),
    meter: text('meter').notNull(),
    amountCents: integer('amount_cents').notNull(),
    body: text('body', { mode: 'json' }).$type<CostLine>().notNull(),
    state: text('state').$type<LineState>().notNull(),
    /** `il_…`; several of ours may be one line at Stripe. */
    stripeLineId: text('stripe_line_id'),
    /** Why it was held; null where it was not. */
    heldWhy: text('held_why', { mode: 'json' }).$type<HeldWhy>(),
  },
  (t) => [
    primaryKey({ columns: [t.invoiceId, t.lineId] }),
    index('invoice_lines_waiting').on(t.state).where(sql`state IN ('held', 'released')`),
  ],
);

/** The brake of billing: one row once somebody has set it. */
export const billingBrake = sqliteTable('billing_brake', {
  id: integer('id').primaryKey(),
  mode: text('mode').$type<BillingMode>().notNull(),
  reason: text('reason').notNull(),
  changedBy: text('changed_by').notNull(),
  changedAt: at('changed_at').notNull(),
});

/** Whether what waits for Stripe is sent: one row once somebody has shut the outbox. */
export const outboxGate = sqliteTable('outbox_gate', {
  id: integer('id').primaryKey(),
  /** Null while it is open. */
  shutAt: at('shut_at'),
  reason: text('reason').notNull(),
  changedBy: text('changed_by').notNull(),
  changedAt: at('changed_at').notNull(),
});
