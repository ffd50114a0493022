/** The control database, the part of spend caps: what a customer lets a period cost, and what has happened to that. Cents, ms. */
import { index, integer, sqliteTable, text } from 'drizzle-orm/sqlite-core';
import type { CapAction, CapEventKind, CapState } from '../contracts/spend-caps.ts';
import { customers } from './control-schema.ts';

const at = (name: string) => integer(name);

export const spendCaps = sqliteTable(
  'spend_caps',
  {
    customerId: text('customer_id')
      .primaryKey()
      .references(() => customers.id),
    capCents: integer('cap_cents').notNull(),
    action: text('action').$type<CapAction>().notNull(),
    /** What the last look found, and of which period. */
    state: text('state').$type<CapState>().notNull(),
    usedCents: integer('used_cents').notNull(),
    periodStart: at('period_start').notNull(),
    periodEnd: at('period_end').notNull(),
    /** The highest share of which people were told in that period, percent. */
    toldPercent: integer('told_percent').notNull(),
    /** When the cap was seen to be reached; null while it is not. */
    reachedAt: at('reached_at'),
    /** Counts what may have changed the cost: a look that began before is not the last one. */
    marks: integer('marks').notNull().default(0),
    /** When it is looked at next. */
    lookAt: at('look_at').notNull(),
    /** Counts the writes of a look or a person: of two at once the second one looks again. */
    version: integer('version').notNull().default(1),
    updatedAt: at('updated_at').notNull(),
  },
  (t) => [index('spend_caps_look').on(t.lookAt)],
);

export const spendCapEvents = sqliteTable(
  'spend_cap_events',
  {
    seq: integer('seq').primaryKey({ autoIncrement: true }),
    customerId: text('customer_id')
      .notNull()
      .references(() => customers.id),
    kind: text('kind').$type<CapEventKind>().notNull(),
    at: at('at').notNull(),
    capCents: integer('cap_cents').notNull(),
    action: text('action').$type<CapAction>().notNull(),
    usedCents: integer('used_cents').notNull(),
    /** Of an alert: the share that was passed. */
    percent: integer('percent'),
  },
  (t) => [index('spend_cap_events_customer').on(t.customerId, t.seq)],
);
