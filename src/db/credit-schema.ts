/**
 * The control database, the part of prepaid credit: what was granted, every entry of the ledger, and what an invoice has of it.
 * Triggers (migrations/control) add each entry to what is left of its grant, so that the two cannot differ. Amounts are whole cents.
 */
import { sql } from 'drizzle-orm';
import { check, index, integer, sqliteTable, text } from 'drizzle-orm/sqlite-core';
import type { CreditKind } from '../contracts/credits.ts';
import { customers } from './control-schema.ts';

const at = (name: string) => integer(name);

/** Credit that was given, and what is left of it: neither spent, nor expired, nor taken back. */
export const creditGrants = sqliteTable(
  'credit_grants',
  {
    id: text('id').primaryKey(),
    customerId: text('customer_id')
      .notNull()
      .references(() => customers.id),
    amountCents: integer('amount_cents').notNull(),
    /** The sum of its entries (trigger). */
    leftCents: integer('left_cents').notNull().default(0),
    /** Null never. */
    expiresAt: at('expires_at'),
    createdAt: at('created_at').notNull(),
  },
  (t) => [
    check('credit_left', sql`${t.leftCents} BETWEEN 0 AND ${t.amountCents}`),
    index('credit_grants_customer').on(t.customerId, t.expiresAt).where(sql`left_cents > 0`),
    index('credit_grants_expiry').on(t.expiresAt).where(sql`left_cents > 0 AND expires_at IS NOT NULL`),
  ],
);

/** The ledger: append-only (triggers). An invoice that takes of three grants has three entries. */
export const creditEntries = sqliteTable(
  'credit_entries',
  {
    seq: integer('seq').primaryKey({ autoIncrement: true }),
    creditId: text('credit_id')
      .notNull()
      .references(() => creditGrants.id),
    customerId: text('customer_id').notNull(),
    kind: text('kind').$type<CreditKind>().notNull(),
    /** What it adds to the balance; what takes away is negative. */
    amountCents: integer('amount_cents').notNull(),
    invoiceId: text('invoice_id'),
    reason: text('reason').notNull(),
    actor: text('actor').notNull(),
    createdAt: at('created_at').notNull(),
  },
  (t) => [
    check(
      'credit_sign',
      sql`(${t.kind} IN ('grant', 'release') AND ${t.amountCents} > 0) OR (${t.kind} IN ('apply', 'expire', 'refund') AND ${t.amountCents} < 0)`,
    ),
    index('credit_entries_customer').on(t.customerId, t.seq),
    index('credit_entries_invoice').on(t.invoiceId).where(sql`invoice_id IS NOT NULL`),
  ],
);

/** What an invoice has taken of its customer's credit: once an invoice, by the primary key. */
export const creditReservations = sqliteTable('credit_reservations', {
  invoiceId: text('invoice_id').primaryKey(),
  customerId: text('customer_id')
    .notNull()
    .references(() => customers.id),
  amountCents: integer('amount_cents').notNull(),
  state: text('state', { enum: ['reserved', 'consumed', 'released'] }).notNull(),
  reservedAt: at('reserved_at').notNull(),
  settledAt: at('settled_at'),
});
