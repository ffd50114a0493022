/**
 * The control database, the part of signing in: who may sign in for a customer, who is signed in, and mailed links.
 * Times are integer ms since the epoch (UTC). No secret is stored, only SHA-256s and scrypt hashes.
 */
import { index, integer, sqliteTable, text, uniqueIndex } from 'drizzle-orm/sqlite-core';
import type { MemberRole, Role } from '../contracts/route.ts';
import { customers } from './control-schema.ts';

const at = (name: string) => integer(name);

/** People of a customer. A trigger on `customers` makes the first one: who signed up is the first owner. */
export const members = sqliteTable(
  'members',
  {
    id: text('id').primaryKey(),
    customerId: text('customer_id')
      .notNull()
      .references(() => customers.id),
    /** Normalised: trimmed, lower case. One person may be a member of several customers. */
    email: text('email').notNull(),
    role: text('role').$type<MemberRole>().notNull(),
    /** Null until a password was set. The rows of one person may share it. */
    passwordHash: text('password_hash'),
    createdAt: at('created_at').notNull(),
    lastSignedInAt: at('last_signed_in_at'),
  },
  (t) => [uniqueIndex('members_customer').on(t.customerId, t.email), index('members_email').on(t.email)],
);

/** One row a browser that is signed in; one that has ended has no row. */
export const sessions = sqliteTable(
  'sessions',
  {
    id: text('id').primaryKey(),
    /** SHA-256 of the cookie's value, hex. */
    hash: text('hash').notNull().unique(),
    kind: text('kind', { enum: ['account', 'admin', 'person'] }).notNull(),
    /** Whose sessions are listed and ended together (src/sessions/session.ts): a member, an admin token, somebody of an issuer. */
    owner: text('owner').notNull(),
    /** How its owner proved who they are. */
    method: text('method', { enum: ['password', 'link', 'admin_token', 'issuer'] }).notNull(),
    /** The SHA-256 of the root token that was typed in, hex: the session ends when the environment has another one. */
    rootHash: text('root_hash'),
    /** Of an admin from the staff issuer: what that issuer's settings were (src/sessions/staff.ts); the session ends with them. */
    staffHash: text('staff_hash'),
    /** Of an admin from the staff issuer: name and role as the token said. An admin token's are read from its own row. */
    name: text('name'),
    role: text('role').$type<Role>(),
    /** Of a person: as the organisation's issuer said. Null namespaces are all of the organisation's. */
    organisationId: text('organisation_id'),
    subject: text('subject'),
    namespaces: text('namespaces', { mode: 'json' }).$type<readonly string[]>(),
    createdAt: at('created_at').notNull(),
    /** Noted every few minutes, not at every request. */
    lastUsedAt: at('last_used_at').notNull(),
    /** The end at the latest. */
    endsAt: at('ends_at').notNull(),
  },
  (t) => [index('sessions_owner').on(t.owner), index('sessions_ends').on(t.endsAt)],
);

/** Mailed links that sign in once. The secret follows from the id and the Worker's own keys, and is not stored. */
export const signInLinks = sqliteTable(
  'sign_in_links',
  {
    id: text('id').primaryKey(),
    /** SHA-256 of the link's secret, hex. */
    hash: text('hash').notNull().unique(),
    /** Normalised. Also one that nobody has: asking for a link must not tell whether somebody has the email. */
    email: text('email').notNull(),
    createdAt: at('created_at').notNull(),
    expiresAt: at('expires_at').notNull(),
    usedAt: at('used_at'),
  },
  (t) => [index('sign_in_links_expires').on(t.expiresAt)],
);
