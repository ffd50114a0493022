/** The control database: what is sold (src/pricing). Times are integer ms since the epoch (UTC). */
import { integer, primaryKey, sqliteTable, text } from 'drizzle-orm/sqlite-core';
import type { PlanState } from '../pricing/catalogue.ts';
import type { PlanVersion } from '../pricing/plan.ts';
import { customers } from './control-schema.ts';

/** Every plan version that was ever published. Its definition never changes: a trigger refuses another one. */
export const planVersions = sqliteTable(
  'plan_versions',
  {
    plan: text('plan').notNull(),
    version: text('version').notNull(),
    state: text('state').$type<PlanState>().notNull(),
    /** The plan's order, for sorting. */
    position: integer('position').notNull(),
    definition: text('definition', { mode: 'json' }).$type<PlanVersion>().notNull(),
    publishedAt: integer('published_at').notNull(),
  },
  (t) => [primaryKey({ columns: [t.plan, t.version] })],
);

/** The files that were published, comments and all, oldest first. */
export const catalogues = sqliteTable('catalogues', {
  seq: integer('seq').primaryKey({ autoIncrement: true }),
  sha256: text('sha256').notNull(),
  text: text('text').notNull(),
  publishedAt: integer('published_at').notNull(),
});

/**
 * What was agreed with one customer, from when: the newest row that has begun is in force, alone. Decimals as strings, a null
 * allowance is without limit.
 */
export const agreedOverrides = sqliteTable(
  'agreed_overrides',
  {
    customerId: text('customer_id')
      .notNull()
      .references(() => customers.id),
    effectiveAt: integer('effective_at').notNull(),
    /** The slug of the plan that they were agreed for. */
    plan: text('plan').notNull(),
    allowances: text('allowances', { mode: 'json' }).$type<Record<string, string | null>>().notNull(),
    prices: text('prices', { mode: 'json' }).$type<Record<string, string>>().notNull(),
    /** Whether they end with that plan. */
    untilPlanChange: integer('until_plan_change', { mode: 'boolean' }).notNull(),
    updatedAt: integer('updated_at').notNull(),
  },
  (t) => [primaryKey({ columns: [t.customerId, t.effectiveAt] })],
);
