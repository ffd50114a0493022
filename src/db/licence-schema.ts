/** The control database: licences and the keys that sign them. Times are integer ms since the epoch (UTC). */
import { sql } from 'drizzle-orm';
import { index, integer, sqliteTable, text } from 'drizzle-orm/sqlite-core';
import type { LicenceClaims } from '../contracts/licences.ts';
import { customers } from './control-schema.ts';

const at = (name: string) => integer(name);

/** Issued licences: claims and the token's hash, never the token. The newest of a customer is the one in force. */
export const licences = sqliteTable(
  'licences',
  {
    jti: text('jti').primaryKey(),
    customerId: text('customer_id')
      .notNull()
      .references(() => customers.id),
    action: text('action', {
      enum: ['generated', 'upgraded', 'downgraded', 'renewed', 'suspended', 'resumed'],
    }).notNull(),
    plan: text('plan').notNull(),
    claims: text('claims', { mode: 'json' }).$type<LicenceClaims>().notNull(),
    kid: text('kid').notNull(),
    tokenSha256: text('token_sha256').notNull(),
    issuedAt: at('issued_at').notNull(),
    inForce: integer('in_force', { mode: 'boolean' }).notNull().default(true),
    revokedAt: at('revoked_at'),
    revokedReason: text('revoked_reason'),
  },
  (t) => [
    index('licences_customer').on(t.customerId, t.issuedAt),
    index('licences_in_force').on(t.kid).where(sql`in_force = 1 AND revoked_at IS NULL`),
    index('licences_revoked').on(sql`claims ->> '$.exp'`).where(sql`revoked_at IS NOT NULL`),
    index('licences_expiry').on(t.kid, sql`claims ->> '$.exp'`),
  ],
);

/** When each licence key was first seen among the published ones; one that was there from the beginning: 0. */
export const licenceKeys = sqliteTable('licence_keys', {
  kid: text('kid').primaryKey(),
  publishedAt: at('published_at').notNull(),
});
