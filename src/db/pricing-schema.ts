/** The control database: what is sold (src/pricing). Times are integer ms since the epoch (UTC). */
import { integer, primaryKey, sqliteTable, text } from 'drizzle-orm/sqlite-core';
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

/** The files that were published, comments and all, oldest first. */
export const catalogues = sqliteTable('catalogues', {
  seq: integer('seq').primaryKey({ autoIncrement: true }),
  sha256: text('sha256').notNull(),
  text: text('text').notNull(),
  publishedAt: integer('published_at').notNull(),
});
