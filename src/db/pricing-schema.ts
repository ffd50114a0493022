/** The control database: what is sold (src/pricing). Times are integer ms since the epoch (UTC). */
import { sql } from 'drizzle-orm';
import { index, integer, primaryKey, sqliteTable, text } from 'drizzle-orm/sqlite-core';
import type { OwnField, OwnMeter } from '../contracts/own-meters.ts';
import type { CustomerChange } from '../pricing/bill-change.ts';
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

/**
 * The operator's own meters, a row a field. A field keeps its meter, unit and way of adding up: triggers refuse another, and
 * that a row is deleted.
 */
export const ownMeters = sqliteTable('own_meters', {
  field: text('field').$type<OwnField>().primaryKey(),
  meter: text('meter').notNull().unique(),
  title: text('title').notNull(),
  unit: text('unit').notNull(),
  addsUp: text('adds_up', { enum: ['sum', 'level'] }).notNull(),
  source: text('source', { mode: 'json' }).$type<OwnMeter['source']>().notNull(),
  publishedAt: integer('published_at').notNull(),
});

/** The files that were published, comments and all, oldest first. */
export const catalogues = sqliteTable('catalogues', {
  seq: integer('seq').primaryKey({ autoIncrement: true }),
  sha256: text('sha256').notNull(),
  text: text('text').notNull(),
  publishedAt: integer('published_at').notNull(),
});

/** Past periods rated under other plans than they were billed by; cron takes a running one further, customer by customer. */
export const simulations = sqliteTable(
  'simulations',
  {
    id: text('id').primaryKey(),
    /** Of the file whose plans these are; null for published versions. */
    sha256: text('sha256'),
    /** The plans to rate by instead of the customers' own, one a slug. */
    proposed: text('proposed', { mode: 'json' }).$type<readonly PlanVersion[]>().notNull(),
    /** The start of the periods; null is each customer's last full one when the simulation was asked for, or what ran. */
    periodStart: integer('period_start'),
    /** Null: everybody. */
    customerIds: text('customer_ids', { mode: 'json' }).$type<readonly string[]>(),
    state: text('state', { enum: ['running', 'done', 'failed'] }).notNull(),
    /** The number of the last customer that was looked at: what follows is still to do. */
    reached: integer('reached').notNull().default(0),
    /** How many there are to look at, and were. */
    customers: integer('customers').notNull(),
    looked: integer('looked').notNull().default(0),
    /** Of those: without such a period, with gaps in their usage, and those that could not be rated. */
    skipped: integer('skipped').notNull().default(0),
    incomplete: integer('incomplete').notNull().default(0),
    failed: integer('failed').notNull().default(0),
    beforeCents: integer('before_cents').notNull().default(0),
    afterCents: integer('after_cents').notNull().default(0),
    top: text('top', { mode: 'json' }).$type<readonly CustomerChange[]>().notNull(),
    createdAt: integer('created_at').notNull(),
    finishedAt: integer('finished_at'),
  },
  (t) => [
    index('simulations_running').on(t.createdAt).where(sql`state = 'running'`),
    index('simulations_file').on(t.sha256, t.finishedAt),
  ],
);

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
