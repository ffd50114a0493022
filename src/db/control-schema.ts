/**
 * The control database: the one picture of who is who. Times are integer ms since the epoch (UTC); ids are text.
 * `seq` columns are the integer surrogates that the usage shards use. Owners and lives of the tables: docs/storage.md.
 */
import { sql } from 'drizzle-orm';
import { check, index, integer, primaryKey, sqliteTable, text, uniqueIndex } from 'drizzle-orm/sqlite-core';
import type { SubscriptionStatus, SuspendedFor } from '../contracts/customers.ts';
import type { CredentialKind } from '../lib/keys.ts';
import type { ClaimNames } from '../organisations/claims.ts';
import type { IssuerMetadata } from '../organisations/issuer.ts';
import type { PeriodKind } from '../periods/period.ts';

const at = (name: string) => integer(name);

export const organisations = sqliteTable(
  'organisations',
  {
    id: text('id').primaryKey(),
    slug: text('slug').notNull().unique(),
    name: text('name').notNull(),
    /** Where its people sign in, with what follows; null while nobody can. */
    issuer: text('issuer'),
    audience: text('audience'),
    clientId: text('client_id'),
    /** Sealed (src/licences/seal.ts). */
    clientSecret: text('client_secret'),
    scopes: text('scopes', { mode: 'json' }).$type<string[]>(),
    claims: text('claims', { mode: 'json' }).$type<ClaimNames>(),
    issuerMetadata: text('issuer_metadata', { mode: 'json' }).$type<IssuerMetadata>(),
    issuerSetAt: at('issuer_set_at'),
    createdAt: at('created_at').notNull(),
  },
  (t) => [index('organisations_issuer').on(t.issuer).where(sql`issuer IS NOT NULL`)],
);

export const customers = sqliteTable(
  'customers',
  {
    seq: integer('seq').primaryKey({ autoIncrement: true }),
    id: text('id').notNull().unique(),
    shortId: text('short_id').notNull().unique(),
    organisationId: text('organisation_id')
      .notNull()
      .references(() => organisations.id),
    /** Normalised: trimmed, lower case. */
    email: text('email').notNull().unique(),
    companyName: text('company_name').notNull(),
    /** The company's name as searches compare it (foldCase); null until cron has folded a row that is older than the column. */
    companySearch: text('company_search'),
    fullName: text('full_name'),
    passwordHash: text('password_hash'),
    stripeCustomerId: text('stripe_customer_id').unique(),
    usageShard: integer('usage_shard').notNull(),
    /**
     * Counts the changes of who owns which of the customer's meters (triggers on `ownerships`): a report that was judged
     * by an older count is judged again before it is stored.
     */
    ownershipVersion: integer('ownership_version').notNull().default(0),
    createdAt: at('created_at').notNull(),
    deactivatedAt: at('deactivated_at'),
  },
  (t) => [
    index('customers_organisation').on(t.organisationId),
    index('customers_unfolded').on(t.seq).where(sql`company_search IS NULL`),
  ],
);

export const subscriptions = sqliteTable(
  'subscriptions',
  {
    customerId: text('customer_id')
      .primaryKey()
      .references(() => customers.id),
    plan: text('plan').notNull(),
    planVersion: text('plan_version').notNull(),
    status: text('status').$type<SubscriptionStatus>().notNull(),
    trialEndsAt: at('trial_ends_at'),
    /** Of the price at Stripe; usage is by the month whatever it is. */
    interval: text('interval', { enum: ['month', 'year'] })
      .notNull()
      .default('month'),
    collection: text('collection', { enum: ['none', 'card', 'invoice'] })
      .notNull()
      .default('none'),
    /** Why the stack stands, and so who may have it run again; null while nothing is suspended. */
    suspendedFor: text('suspended_for').$type<SuspendedFor>(),
    stripeSubscriptionId: text('stripe_subscription_id').unique(),
    /** When it ends, if it is cancelled at an end that lies ahead. */
    cancelAt: at('cancel_at'),
    canceledAt: at('canceled_at'),
    /** When a payment that fails stops the stack. */
    graceEndsAt: at('grace_ends_at'),
    /** A change at the end of the period, as Stripe's schedule has it. */
    scheduledPlan: text('scheduled_plan'),
    scheduledVersion: text('scheduled_version'),
    scheduledInterval: text('scheduled_interval', { enum: ['month', 'year'] }),
    scheduledAt: at('scheduled_at'),
    stripeScheduleId: text('stripe_schedule_id'),
    updatedAt: at('updated_at').notNull(),
  },
  (t) => [
    index('subscriptions_grace').on(t.graceEndsAt).where(sql`grace_ends_at IS NOT NULL`),
    index('subscriptions_trial').on(t.trialEndsAt).where(sql`status = 'trialing'`),
    index('subscriptions_canceled').on(t.canceledAt).where(sql`status = 'canceled'`),
    index('subscriptions_ending').on(t.cancelAt).where(sql`cancel_at IS NOT NULL`),
  ],
);

/** What was subscribed from when; rating cuts a period at these instants. */
export const planChanges = sqliteTable(
  'plan_changes',
  {
    customerId: text('customer_id')
      .notNull()
      .references(() => customers.id),
    effectiveAt: at('effective_at').notNull(),
    plan: text('plan').notNull(),
    planVersion: text('plan_version').notNull(),
    /** Lies ahead: cron carries it out when it takes effect. Rating needs no cron, it reads the instant. */
    pending: integer('pending', { mode: 'boolean' }).notNull().default(false),
  },
  (t) => [
    primaryKey({ columns: [t.customerId, t.effectiveAt] }),
    index('plan_changes_pending').on(t.effectiveAt).where(sql`pending = 1`),
  ],
);

/** Half-open billing periods; triggers refuse overlaps and an invoiced trial. The anchor day is remembered (31 → 28/29/30). */
export const billingPeriods = sqliteTable(
  'billing_periods',
  {
    customerId: text('customer_id')
      .notNull()
      .references(() => customers.id),
    startAt: at('start_at').notNull(),
    endAt: at('end_at').notNull(),
    anchorDay: integer('anchor_day').notNull(),
    source: text('source', { enum: ['signup', 'stripe'] }).notNull(),
    /** The last period of its customer, until the next begins or none is to follow; cron looks at these only. */
    open: integer('open', { mode: 'boolean' }).notNull().default(true),
    kind: text('kind').$type<PeriodKind>().notNull().default('manual'),
    /** Whether its fee is that of a whole year, and no part of it. */
    ofYear: integer('of_year', { mode: 'boolean' }).notNull().default(false),
    /** Whether what is used in it is invoiced, decided when it begins: what was free does not become due later. */
    invoiceable: integer('invoiceable', { mode: 'boolean' }).notNull().default(true),
  },
  (t) => [
    primaryKey({ columns: [t.customerId, t.startAt] }),
    check('period_forward', sql`${t.endAt} > ${t.startAt}`),
    index('billing_periods_open').on(t.endAt).where(sql`open = 1`),
    index('billing_periods_end').on(t.endAt),
  ],
);

/** Overrides before they had a date; `agreed_overrides` holds them since, and nothing reads or writes these rows. */
export const overrides = sqliteTable('overrides', {
  customerId: text('customer_id')
    .primaryKey()
    .references(() => customers.id),
  allowances: text('allowances', { mode: 'json' }).$type<Record<string, string | null>>().notNull(),
  prices: text('prices', { mode: 'json' }).$type<Record<string, string>>().notNull(),
  updatedAt: at('updated_at').notNull(),
});

/** Every opaque bearer token, by the SHA-256 of the whole token. `ownerId` is a customer, reporter, cluster or admin. */
export const credentials = sqliteTable(
  'credentials',
  {
    id: text('id').primaryKey(),
    kind: text('kind').$type<CredentialKind>().notNull(),
    ownerId: text('owner_id').notNull(),
    hash: text('hash').notNull().unique(),
    name: text('name'),
    role: text('role', { enum: ['viewer', 'operator', 'owner'] }),
    createdAt: at('created_at').notNull(),
    expiresAt: at('expires_at'),
    /** The start of the last UTC day on which it was used. */
    lastUsedDay: at('last_used_day'),
    /** The credential that a rotation made in its place. */
    rotatedTo: text('rotated_to'),
    /** May lie ahead: a rotated key works on until then. */
    revokedAt: at('revoked_at'),
    /** Only a `replaced` one lives again, when the provisioner registers it again. */
    revokedBy: text('revoked_by', { enum: ['person', 'rotation', 'replaced'] }),
  },
  (t) => [index('credentials_owner').on(t.kind, t.ownerId)],
);

export const clusters = sqliteTable('clusters', {
  id: text('id').primaryKey(),
  /** The owner of its keys and tokens (`clu_…`, `prv_…`), because a cluster's id is a word of the operator's. */
  keyOwner: text('key_owner').notNull().unique(),
  tokenOwner: text('token_owner').notNull().unique(),
  queueBinding: text('queue_binding').notNull(),
  namespacesMax: integer('namespaces_max').notNull(),
  servicesMax: integer('services_max').notNull(),
  storageClass: text('storage_class').notNull(),
  createdAt: at('created_at').notNull(),
});

/** A namespace in a cluster: a customer's own (`own`) or one that an admin attached. */
export const projects = sqliteTable(
  'projects',
  {
    seq: integer('seq').primaryKey({ autoIncrement: true }),
    clusterId: text('cluster_id')
      .notNull()
      .references(() => clusters.id),
    namespace: text('namespace').notNull(),
    organisationId: text('organisation_id')
      .notNull()
      .references(() => organisations.id),
    customerId: text('customer_id')
      .notNull()
      .references(() => customers.id),
    own: integer('own', { mode: 'boolean' }).notNull(),
    createdAt: at('created_at').notNull(),
    /** From then on nobody measures it; what was measured stays. Null while it is attached. */
    detachedAt: at('detached_at'),
    /** What the organisation calls it by, key by key. Null is none. */
    labels: text('labels', { mode: 'json' }).$type<Record<string, string>>(),
  },
  (t) => [
    uniqueIndex('projects_namespace').on(t.clusterId, t.namespace),
    index('projects_customer').on(t.customerId),
    index('projects_organisation').on(t.organisationId),
  ],
);

export const reporters = sqliteTable(
  'reporters',
  {
    seq: integer('seq').primaryKey({ autoIncrement: true }),
    id: text('id').notNull().unique(),
    customerId: text('customer_id')
      .notNull()
      .references(() => customers.id),
    instanceId: text('instance_id').notNull(),
    windowSeconds: integer('window_seconds').notNull(),
    source: text('source', { enum: ['deployment', 'application', 'admin'] }).notNull(),
    /** Null until a reporter of the deployment (the exporter's, the application's) registers its key and is given meters. */
    activeFrom: at('active_from'),
    activeUntil: at('active_until'),
    createdAt: at('created_at').notNull(),
  },
  (t) => [uniqueIndex('reporters_instance').on(t.customerId, t.instanceId), index('reporters_ended').on(t.activeUntil)],
);

/**
 * Who measures what: a reporter owns a set of meters (bit mask, src/usage/meters.ts) of a namespace for a time.
 * A trigger refuses two owners of one (namespace, meter) at one time: `meter_owned`.
 */
export const ownerships = sqliteTable(
  'ownerships',
  {
    id: integer('id').primaryKey({ autoIncrement: true }),
    reporterSeq: integer('reporter_seq')
      .notNull()
      .references(() => reporters.seq),
    projectSeq: integer('project_seq')
      .notNull()
      .references(() => projects.seq),
    meters: integer('meters').notNull(),
    fromAt: at('from_at').notNull(),
    untilAt: at('until_at'),
  },
  (t) => [index('ownerships_reporter').on(t.reporterSeq), index('ownerships_project').on(t.projectSeq, t.fromAt)],
);
