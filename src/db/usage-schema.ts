/**
 * One usage shard. Keys are the control database's integers (`seq`), times ms since the epoch, quantities whole base
 * units (src/usage/meters.ts). The rules for replacing a window are triggers (migrations/usage/0001_rules.sql), so that
 * they hold inside the batch whatever runs beside it.
 */
import { sql } from 'drizzle-orm';
import { check, index, integer, primaryKey, sqliteTable, text } from 'drizzle-orm/sqlite-core';
import { quantities } from '../usage/meters.ts';

const key = () => ({
  customerSeq: integer('customer_seq').notNull(),
  windowEnd: integer('window_end').notNull(),
  reporterSeq: integer('reporter_seq').notNull(),
  projectSeq: integer('project_seq').notNull(),
});

/** Column by column what src/usage/meters.ts lists; null is "not reported", which is never zero. */
const quantityColumns = () => ({
  cpuCoreMs: integer('cpu_core_ms'),
  memoryMibS: integer('memory_mib_s'),
  storageMibS: integer('storage_mib_s'),
  networkSentBytes: integer('network_sent_bytes'),
  networkReceivedBytes: integer('network_received_bytes'),
  ingressRequests: integer('ingress_requests'),
  apiCalls: integer('api_calls'),
  mqttSentBytes: integer('mqtt_sent_bytes'),
  mqttReceivedBytes: integer('mqtt_received_bytes'),
  httpSentBytes: integer('http_sent_bytes'),
  httpReceivedBytes: integer('http_received_bytes'),
  devicePeak: integer('device_peak'),
  deviceTotal: integer('device_total'),
  mqttPublished: integer('mqtt_published'),
  mqttReceived: integer('mqtt_received'),
  postgresMibS: integer('postgres_mib_s'),
  postgresRows: integer('postgres_rows'),
  postgresTransactions: integer('postgres_transactions'),
  storageCapacityMibS: integer('storage_capacity_mib_s'),
  podS: integer('pod_s'),
  vmS: integer('vm_s'),
  ipS: integer('ip_s'),
  costCpuMicrousd: integer('cost_cpu_microusd'),
  costMemoryMicrousd: integer('cost_memory_microusd'),
  costStorageMicrousd: integer('cost_storage_microusd'),
  costNetworkMicrousd: integer('cost_network_microusd'),
});

/** The store's own last line: a row that breaks these was made by nobody we know and goes to the dead letters. */
const rowRules = sql.raw(`seconds IN (60, 900, 3600) AND window_end > 0 AND window_end % (seconds * 1000) = 0
  AND revision >= 0 AND complete IN (0, 1) AND gap_ms BETWEEN 0 AND seconds * 1000 AND missing >= 0`);
const quantityRules = sql.raw(quantities.map((q) => `${q.column} >= 0`).join(' AND '));

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
    ...quantityColumns(),
  },
  (t) => [
    primaryKey({ columns: [t.customerSeq, t.windowEnd, t.reporterSeq, t.projectSeq] }),
    check('window_row', rowRules),
    check('window_quantities', quantityRules),
  ],
);

/** The audit of replaced windows: both sets of quantities as JSON arrays in the catalogue's order. */
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
    reason: text('reason', { enum: ['lowered', 'late', 'revision_conflict'] }).notNull(),
    state: text('state', { enum: ['open', 'superseded'] }).notNull(),
    heldAt: integer('held_at').notNull(),
    seconds: integer('seconds').notNull(),
    standingRevision: integer('standing_revision').notNull(),
    standingQuantities: text('standing_quantities').notNull(),
    complete: integer('complete', { mode: 'boolean' }).notNull(),
    gapMs: integer('gap_ms').notNull(),
    missing: integer('missing').notNull(),
    quantities: text('quantities').notNull(),
  },
  (t) => [
    primaryKey({ columns: [t.customerSeq, t.windowEnd, t.reporterSeq, t.projectSeq, t.revision] }),
    index('reviews_held').on(t.state, t.heldAt),
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
    storageMibSSeconds: integer('storage_mib_s_seconds').notNull(),
    postgresMibSSeconds: integer('postgres_mib_s_seconds').notNull(),
    storageCapacityMibSSeconds: integer('storage_capacity_mib_s_seconds').notNull(),
    podSSeconds: integer('pod_s_seconds').notNull(),
    vmSSeconds: integer('vm_s_seconds').notNull(),
    ipSSeconds: integer('ip_s_seconds').notNull(),
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

/** Never holds a row, like its namesake in the control database (src/db/work-schema.ts). */
export const guards = sqliteTable('guards', { failed: integer('failed').notNull(), name: text('name') }, (t) => [
  check('guard_failed', sql`${t.failed} = 0`),
]);
