/**
 * The tables of a usage shard, a D1 database that holds the windows of some customers. Keys are the control database's
 * integers (`seq`), times ms since the epoch, quantities whole base units (src/usage/meters.ts). The rules for replacing a
 * window, and its upper bounds, are triggers made from the catalogue (src/usage/window-triggers.ts), so that they hold inside
 * the batch whatever runs beside it.
 */
import { sql } from 'drizzle-orm';
import { check, index, integer, primaryKey, sqliteTable, text, uniqueIndex } from 'drizzle-orm/sqlite-core';
import {
  averagedColumns,
  dayPeakOf,
  firstQuantities,
  ownMeterColumns,
  quantities,
  storedColumns,
} from '../usage/meters.ts';

const key = () => ({
  customerSeq: integer('customer_seq').notNull(),
  windowEnd: integer('window_end').notNull(),
  reporterSeq: integer('reporter_seq').notNull(),
  projectSeq: integer('project_seq').notNull(),
});

/** Column by column what src/usage/meters.ts lists; null is "not reported", which is never zero. */
const quantityColumns = () => Object.fromEntries(storedColumns.map((column) => [column, integer(column)]));

/** What the first release had: later columns are added to rows that stand, so they need a default, and no CHECK names them. */
const firstColumns = quantities.slice(0, firstQuantities).map((q) => q.column);

/** The time that each average of a day was taken over. Own meters' columns stand since 0006 and stay 0. */
const secondsColumns = () =>
  Object.fromEntries(
    averagedColumns.map((column) => {
      const seconds = integer(`${column}_seconds`).notNull();
      return [`${column}_seconds`, firstColumns.includes(column) ? seconds : seconds.default(0)];
    }),
  );

/** A day's highest window of each own meter, beside the sum: which of them is meant, the catalogue says. */
const dayPeakColumns = () =>
  Object.fromEntries(ownMeterColumns.map((column) => [dayPeakOf(column), integer(dayPeakOf(column))]));

/** The store's own last line: a row that breaks these was made by nobody we know and goes to the dead letters. */
const rowRules = sql.raw(`seconds IN (60, 900, 3600) AND window_end > 0 AND window_end % (seconds * 1000) = 0
  AND revision >= 0 AND complete IN (0, 1) AND gap_ms BETWEEN 0 AND seconds * 1000 AND missing >= 0`);
const quantityRules = sql.raw(firstColumns.map((column) => `${column} >= 0`).join(' AND '));

/** What was reported: one row for ever per (customer, window, reporter, namespace). */
export const windows = sqliteTable(
  'windows',
  {
    ...key(),
    seconds: integer('seconds').notNull(),
    revision: integer('revision').notNull(),
    acceptedAt: integer('accepted_at').notNull(),
    complete: integer('complete', { mode: 'boolean' }).notNull(),
    gapMs: integer('gap_ms').notNull(),
    missing: integer('missing').notNull(),
    missingHigh: integer('missing_high').notNull().default(0),
    /** What was not seen, thing by thing (src/usage/window-gaps.ts). */
    gaps: text('gaps'),
    ...quantityColumns(),
  },
  (t) => [
    primaryKey({ columns: [t.customerSeq, t.windowEnd, t.reporterSeq, t.projectSeq] }),
    check('window_row', rowRules),
    check('window_quantities', quantityRules),
  ],
);

/**
 * The audit of replaced windows: both sets of quantities as JSON objects by column, without those that are NULL. The first
 * release stored arrays in the catalogue's order.
 */
export const windowChanges = sqliteTable(
  'window_changes',
  {
    ...key(),
    revision: integer('revision').notNull(),
    oldRevision: integer('old_revision').notNull(),
    changedAt: integer('changed_at').notNull(),
    oldComplete: integer('old_complete', { mode: 'boolean' }).notNull(),
    complete: integer('complete', { mode: 'boolean' }).notNull(),
    oldQuantities: text('old_quantities').notNull(),
    quantities: text('quantities').notNull(),
  },
  (t) => [primaryKey({ columns: [t.customerSeq, t.windowEnd, t.reporterSeq, t.projectSeq, t.revision] })],
);

/** Replacements that did not take effect: held for a person, or in conflict with an equal revision. */
export const reviews = sqliteTable(
  'reviews',
  {
    ...key(),
    revision: integer('revision').notNull(),
    /** `rvw_…`, made by the trigger that holds the replacement. */
    id: text('id'),
    reason: text('reason', { enum: ['lowered', 'late', 'revision_conflict', 'repeated', 'corrected'] }).notNull(),
    state: text('state', { enum: ['open', 'superseded', 'accepted', 'rejected'] }).notNull(),
    heldAt: integer('held_at').notNull(),
    seconds: integer('seconds').notNull(),
    standingRevision: integer('standing_revision').notNull(),
    standingQuantities: text('standing_quantities').notNull(),
    complete: integer('complete', { mode: 'boolean' }).notNull(),
    gapMs: integer('gap_ms').notNull(),
    missing: integer('missing').notNull(),
    missingHigh: integer('missing_high').notNull().default(0),
    quantities: text('quantities').notNull(),
    /** The revision under which an accepted one was stored: above the one that stood. */
    acceptedRevision: integer('accepted_revision'),
    decidedAt: integer('decided_at'),
    /** The actor, and the request by which they decided: what comes again by the same one has been done. */
    decidedBy: text('decided_by'),
    decidedRequest: text('decided_request'),
    decisionReason: text('decision_reason'),
    /** What an accepted one moved of its periods' bills; null of any other, and where the migration found it accepted. */
    deltaCents: integer('delta_cents'),
  },
  (t) => [
    primaryKey({ columns: [t.customerSeq, t.windowEnd, t.reporterSeq, t.projectSeq, t.revision] }),
    uniqueIndex('reviews_id').on(t.id),
    index('reviews_held').on(t.state, t.heldAt),
  ],
);

/**
 * What operators have corrected: the windows in `(window_start, window_end]` of a reporter and namespace that stand, or once
 * stood, under the correction's revision. The triggers of `windows` let that revision past, and hold what would replace it.
 */
export const corrections = sqliteTable(
  'corrections',
  {
    id: text('id').primaryKey(),
    ...key(),
    windowStart: integer('window_start').notNull(),
    kind: text('kind', { enum: ['replace', 'void', 'add'] }).notNull(),
    revision: integer('revision').notNull(),
    /** JSON of wire fields, `before` null where nothing stood: of an hour in several windows what they say together. */
    before: text('before'),
    after: text('after').notNull(),
    deltaCents: integer('delta_cents').notNull(),
    /** Null where no invoice has it. */
    invoice: text('invoice', { enum: ['this', 'next', 'credit'] }),
    /** JSON of the lines of bills that differ. */
    lines: text('lines').notNull(),
    reason: text('reason').notNull(),
    correctedAt: integer('corrected_at').notNull(),
    correctedBy: text('corrected_by').notNull(),
    /** The request that it was made by, or what its Idempotency-Key and body come to: what comes again has been done. */
    request: text('request').notNull(),
  },
  (t) => [
    uniqueIndex('corrections_request').on(t.customerSeq, t.request),
    index('corrections_window').on(t.customerSeq, t.reporterSeq, t.projectSeq, t.windowEnd),
    index('corrections_made').on(t.correctedAt),
    check('correction_row', sql`${t.windowStart} < ${t.windowEnd} AND ${t.revision} >= 0`),
  ],
);

/** Days (`floor((window_end - 1) / day)`) whose roll-up is out of date: readers of such a day read its windows. */
export const dirtyDays = sqliteTable(
  'dirty_days',
  { customerSeq: integer('customer_seq').notNull(), day: integer('day').notNull() },
  (t) => [primaryKey({ columns: [t.customerSeq, t.day] })],
);

/** A day's windows added up per reporter and namespace. `*_seconds` is the time that an average was taken over. */
export const daily = sqliteTable(
  'daily',
  {
    customerSeq: integer('customer_seq').notNull(),
    day: integer('day').notNull(),
    reporterSeq: integer('reporter_seq').notNull(),
    projectSeq: integer('project_seq').notNull(),
    complete: integer('complete', { mode: 'boolean' }).notNull(),
    gapMs: integer('gap_ms').notNull(),
    ...quantityColumns(),
    ...secondsColumns(),
    ...dayPeakColumns(),
    /** The time of its windows and the end of the newest; null where a version before these columns has rolled up the day. */
    seconds: integer('seconds'),
    lastEnd: integer('last_end'),
  },
  (t) => [primaryKey({ columns: [t.customerSeq, t.day, t.reporterSeq, t.projectSeq] })],
);

/**
 * The least `customers.ownership_version` of the control database that a report of the customer must have been judged by.
 * Raised before meters are taken from a reporter: what it may still write is then in the store, or is judged again.
 */
export const ownershipFences = sqliteTable('ownership_fences', {
  customerSeq: integer('customer_seq').primaryKey(),
  version: integer('version').notNull(),
});

/**
 * Statements of invoices, packed and in parts of less than a megabyte: the windows that were rated, because corrections replace
 * those of `windows`, what they were rated by, and the signed text. A run is one preparing; the control database says which one counts.
 */
export const statementParts = sqliteTable(
  'statement_parts',
  {
    invoiceId: text('invoice_id').notNull(),
    run: text('run').notNull(),
    kind: text('kind', { enum: ['windows', 'basis', 'jws'] }).notNull(),
    part: integer('part').notNull(),
    /** Of the text before it was packed. */
    sha256: text('sha256').notNull(),
    /** gzip as base64url: D1 hands blobs out as lists of numbers. */
    body: text('body').notNull(),
  },
  (t) => [primaryKey({ columns: [t.invoiceId, t.run, t.kind, t.part] })],
);

/** Never holds a row, like its namesake in the control database (src/db/work-schema.ts). */
export const guards = sqliteTable('guards', { failed: integer('failed').notNull(), name: text('name') }, (t) => [
  check('guard_failed', sql`${t.failed} = 0`),
]);
