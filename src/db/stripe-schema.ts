/**
 * The control database, the part of Stripe: what it told us (inbox, the last we saw of its objects), what of ours it has
 * (prices), what we told people (notices), and what was found to differ. Times are integer ms since the epoch (UTC).
 */
import { sql } from 'drizzle-orm';
import { index, integer, primaryKey, sqliteTable, text, uniqueIndex } from 'drizzle-orm/sqlite-core';
import { customers } from './control-schema.ts';

const at = (name: string) => integer(name);

/** The inbox: every event once, by Stripe's id, as it was signed. */
export const stripeEvents = sqliteTable(
  'stripe_events',
  {
    id: text('id').primaryKey(),
    type: text('type').notNull(),
    /** Stripe's id of what the event is about; null where it says none. */
    objectId: text('object_id'),
    /** Whose it is; null while nobody of ours is known by it. */
    customerId: text('customer_id'),
    state: text('state', { enum: ['received', 'processed', 'ignored', 'failed', 'dead'] }).notNull(),
    attempts: integer('attempts').notNull().default(0),
    /** The count of the object's fetches under which the event was applied. */
    fetchSeq: integer('fetch_seq'),
    payload: text('payload', { mode: 'json' }).$type<Record<string, unknown>>().notNull(),
    /** When it happened at Stripe. */
    occurredAt: at('occurred_at').notNull(),
    receivedAt: at('received_at').notNull(),
    processedAt: at('processed_at'),
    nextAt: at('next_at').notNull(),
    claimedUntil: at('claimed_until').notNull().default(0),
    errorCode: text('error_code'),
    errorMessage: text('error_message'),
  },
  (t) => [
    index('stripe_events_due').on(t.nextAt).where(sql`state IN ('received', 'failed')`),
    index('stripe_events_waiting').on(t.customerId).where(sql`state IN ('received', 'failed')`),
    index('stripe_events_state').on(t.state, t.receivedAt),
    index('stripe_events_customer').on(t.customerId, t.receivedAt),
    index('stripe_events_received').on(t.receivedAt),
  ],
);

/**
 * What we last saw of an object of Stripe's. `fetchSeq` is raised before the object is fetched; only who raised it last may
 * write what was fetched, so that of two handlers the later fetch wins.
 */
export const stripeObjects = sqliteTable(
  'stripe_objects',
  {
    id: text('id').primaryKey(),
    kind: text('kind', { enum: ['subscription', 'invoice', 'checkout', 'schedule', 'charge', 'customer'] }).notNull(),
    customerId: text('customer_id'),
    fetchSeq: integer('fetch_seq').notNull().default(0),
    /** The fetch that `body` is of; 0 before the first. */
    appliedSeq: integer('applied_seq').notNull().default(0),
    /** What we use of it, in our own words (src/stripe). */
    body: text('body', { mode: 'json' }).$type<Record<string, unknown>>(),
    /** Of an invoice: until when it stays a draft because we said so; null where we did not. */
    heldUntil: at('held_until'),
    updatedAt: at('updated_at').notNull(),
  },
  (t) => [index('stripe_objects_customer').on(t.customerId, t.kind)],
);

/** The price at Stripe of a plan version: made by us, or one that an operator has bound. */
export const stripePrices = sqliteTable(
  'stripe_prices',
  {
    plan: text('plan').notNull(),
    planVersion: text('plan_version').notNull(),
    interval: text('interval', { enum: ['month', 'year'] }).notNull(),
    priceId: text('price_id').notNull(),
    productId: text('product_id').notNull(),
    source: text('source', { enum: ['made', 'bound'] }).notNull(),
    createdAt: at('created_at').notNull(),
  },
  (t) => [primaryKey({ columns: [t.plan, t.planVersion, t.interval] }), index('stripe_prices_price').on(t.priceId)],
);

/** What a customer's people were told, once each: a kind of mail about one thing (an invoice, a trial, a day). */
export const notices = sqliteTable(
  'notices',
  {
    customerId: text('customer_id')
      .notNull()
      .references(() => customers.id),
    kind: text('kind').notNull(),
    about: text('about').notNull(),
    outboxId: text('outbox_id').notNull(),
    plannedAt: at('planned_at').notNull(),
  },
  (t) => [primaryKey({ columns: [t.customerId, t.kind, t.about] })],
);

/** Money that went back: refunds and disputes, as Stripe told them. */
export const paymentReversals = sqliteTable(
  'payment_reversals',
  {
    /** Stripe's id of the refund or dispute. */
    id: text('id').primaryKey(),
    kind: text('kind', { enum: ['refund', 'dispute'] }).notNull(),
    customerId: text('customer_id'),
    chargeId: text('charge_id').notNull(),
    amountCents: integer('amount_cents').notNull(),
    currency: text('currency').notNull(),
    /** Stripe's own words. */
    status: text('status').notNull(),
    reason: text('reason'),
    createdAt: at('created_at').notNull(),
    updatedAt: at('updated_at').notNull(),
  },
  (t) => [index('payment_reversals_customer').on(t.customerId, t.createdAt)],
);

/** Signups that wait for their email to be verified: nothing is provisioned before. */
export const pendingSignups = sqliteTable(
  'pending_signups',
  {
    id: text('id').primaryKey(),
    /** Normalised. */
    email: text('email').notNull().unique(),
    /** SHA-256 of the mailed secret, hex. */
    hash: text('hash').notNull().unique(),
    /** What was asked for, sealed (src/licences/seal.ts): it may hold a password's hash. */
    input: text('input').notNull(),
    createdAt: at('created_at').notNull(),
    expiresAt: at('expires_at').notNull(),
  },
  (t) => [index('pending_signups_expires').on(t.expiresAt)],
);

/** One comparison of our rows with Stripe's objects. */
export const driftRuns = sqliteTable('drift_runs', {
  id: text('id').primaryKey(),
  startedAt: at('started_at').notNull(),
  startedBy: text('started_by').notNull(),
  finishedAt: at('finished_at'),
  /** Which part is compared, and behind what it goes on: an id of Stripe's, or a customer's `seq`. */
  phase: text('phase', { enum: ['customers', 'subscriptions', 'invoices', 'prices', 'ours'] })
    .notNull()
    .default('customers'),
  cursor: text('cursor').notNull().default(''),
  compared: integer('compared').notNull().default(0),
  found: integer('found').notNull().default(0),
  error: text('error'),
});

/** What a comparison that runs has met at Stripe: what of ours is not among it is missing there. Emptied at its end. */
export const driftSeen = sqliteTable(
  'drift_seen',
  { runId: text('run_id').notNull(), objectId: text('object_id').notNull() },
  (t) => [primaryKey({ columns: [t.runId, t.objectId] })],
);

/** What differs, one row a thing for as long as it does. */
export const driftFindings = sqliteTable(
  'drift_findings',
  {
    id: text('id').primaryKey(),
    kind: text('kind', { enum: ['customer', 'subscription', 'state', 'amount', 'item', 'price'] }).notNull(),
    side: text('side', { enum: ['stripe', 'tenantry', 'both'] }).notNull(),
    objectId: text('object_id').notNull(),
    customerId: text('customer_id'),
    expected: text('expected').notNull(),
    found: text('found').notNull(),
    /** What a fix would do; null where only a person can. */
    fix: text('fix'),
    state: text('state', { enum: ['open', 'fixed', 'ignored', 'gone'] }).notNull(),
    reason: text('reason'),
    since: at('since').notNull(),
    /** The run that saw it last. */
    runId: text('run_id').notNull(),
    updatedAt: at('updated_at').notNull(),
  },
  (t) => [
    uniqueIndex('drift_findings_open').on(t.kind, t.objectId).where(sql`state = 'open'`),
    index('drift_findings_state').on(t.state, t.since),
  ],
);

/** The newest result of each invariant of our own ledger (src/drift/rules-store.ts). */
export const invariantResults = sqliteTable('invariant_results', {
  name: text('name').primaryKey(),
  ok: integer('ok', { mode: 'boolean' }).notNull(),
  /** The first 20 rows that break it. */
  rows: text('rows', { mode: 'json' }).$type<Record<string, unknown>[]>().notNull(),
  checkedAt: at('checked_at').notNull(),
});
