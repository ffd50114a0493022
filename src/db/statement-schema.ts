/** The control database: statements of invoices, and the keys that signed any. Times are integer ms since the epoch (UTC). */
import { sql } from 'drizzle-orm';
import { index, integer, sqliteTable, text } from 'drizzle-orm/sqlite-core';
import type { StatementJwk } from '../statements/keys.ts';
import { customers } from './control-schema.ts';

/** A row an invoice: prepared when it was rated, signed once it is final. What is large lies in the customer's usage shard. */
export const statements = sqliteTable(
  'statements',
  {
    invoiceId: text('invoice_id').primaryKey(),
    customerId: text('customer_id')
      .notNull()
      .references(() => customers.id),
    periodStart: integer('period_start').notNull(),
    /** Which of the shard's parts are the statement's. */
    run: text('run').notNull(),
    windows: integer('windows').notNull(),
    /** How many parts the windows are in. */
    windowParts: integer('window_parts').notNull(),
    preparedAt: integer('prepared_at').notNull(),
    /** Null until it is signed. */
    signedAt: integer('signed_at'),
    jti: text('jti'),
    kid: text('kid'),
    /** Of the JWS. */
    sha256: text('sha256'),
  },
  (t) => [index('statements_unsigned').on(t.preparedAt).where(sql`signed_at IS NULL`)],
);

/** The public half of every key that signed a statement: published for ever, whatever becomes of the secret. */
export const statementKeys = sqliteTable('statement_keys', {
  kid: text('kid').primaryKey(),
  jwk: text('jwk', { mode: 'json' }).$type<StatementJwk>().notNull(),
  firstSignedAt: integer('first_signed_at').notNull(),
});
