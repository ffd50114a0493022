/** The control database: what is sold (src/pricing). Times are integer ms since the epoch (UTC). */
import { integer, primaryKey, sqliteTable, text } from 'drizzle-orm/sqlite-core';
import type { OwnField, OwnMeter } from '../contracts/own-meters.ts';
import type { PlanState } from '../pricing/catalogue.ts';
import type { PlanVersion } from '../pricing/plan.ts';

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
