/**
 * The control database, second half: what is being worked on (deployments, jobs, outbox) and what guards it (audit,
 * idempotency, dead letters). Times are integer ms since the epoch (UTC).
 */
import { sql } from 'drizzle-orm';
import { check, index, integer, primaryKey, sqliteTable, text, uniqueIndex } from 'drizzle-orm/sqlite-core';
import type { DeploymentStatus } from '../contracts/customers.ts';
import type { DriftEntry, JobAction, JobEvent, LogLevel, Phase, Verb } from '../contracts/jobs.ts';
import type { BatchAction } from '../contracts/queue.ts';
import { clusters, customers } from './control-schema.ts';

const at = (name: string) => integer(name);

/** The desired state of a customer's stack, and beside it what was observed. */
export const deployments = sqliteTable(
  'deployments',
  {
    customerId: text('customer_id')
      .primaryKey()
      .references(() => customers.id),
    clusterId: text('cluster_id')
      .notNull()
      .references(() => clusters.id),
    namespace: text('namespace').notNull(),
    phase: text('phase').$type<Phase>().notNull(),
    plan: text('plan').notNull(),
    /** While it drains (src/deployments/drain.ts): the end of the last window that is to be reported. */
    drainWindowEnd: at('drain_window_end'),
    specGeneration: integer('spec_generation').notNull(),
    observedGeneration: integer('observed_generation').notNull(),
    status: text('status').$type<DeploymentStatus>().notNull(),
    reason: text('reason'),
    /** The code of the failure that `reason` tells (src/deployments/reason.ts). */
    reasonCode: text('reason_code'),
    /** The database has run and its data is kept: a run that does not find its claim must start nothing. */
    expectsData: integer('expects_data', { mode: 'boolean' }).notNull().default(false),
    /** The uid of the volume claim that holds that data, as the last run told it; null where none has. */
    claimUid: text('claim_uid'),
    /** What was found to differ from the release, and when it was last looked for. */
    drift: text('drift', { mode: 'json' }).$type<DriftEntry[]>(),
    driftCheckedAt: at('drift_checked_at'),
    updatedAt: at('updated_at').notNull(),
  },
  (t) => [
    uniqueIndex('deployments_namespace').on(t.clusterId, t.namespace),
    index('deployments_failed').on(t.updatedAt).where(sql`status = 'failed'`),
    index('deployments_ready').on(t.driftCheckedAt).where(sql`status = 'ready'`),
    index('deployments_draining').on(t.drainWindowEnd).where(sql`drain_window_end IS NOT NULL`),
  ],
);

/** When a deployment was meant to run: what decides which windows are expected. One row a change, by generation. */
export const phaseChanges = sqliteTable(
  'phase_changes',
  {
    customerId: text('customer_id')
      .notNull()
      .references(() => customers.id),
    generation: integer('generation').notNull(),
    effectiveAt: at('effective_at').notNull(),
    phase: text('phase').$type<Phase>().notNull(),
  },
  (t) => [primaryKey({ columns: [t.customerId, t.generation] })],
);

/** Runs that bring a deployment to a generation. At most one of a customer is active; `leased_*` is what was rendered. */
export const jobs = sqliteTable(
  'jobs',
  {
    id: text('id').primaryKey(),
    customerId: text('customer_id')
      .notNull()
      .references(() => deployments.customerId),
    clusterId: text('cluster_id').notNull(),
    verb: text('verb').$type<Verb>().notNull(),
    generation: integer('generation').notNull(),
    state: text('state', { enum: ['waiting', 'active', 'completed', 'failed'] }).notNull(),
    /** Runs that ended in a failure, and runs whose lease ran out; the limits differ (contract: Provisioner). */
    failedRuns: integer('failed_runs').notNull().default(0),
    lostLeases: integer('lost_leases').notNull().default(0),
    /** Runs that trouble of the cluster ended: they count towards no limit, only the pause grows. */
    clusterFailures: integer('cluster_failures').notNull().default(0),
    /** How often a job that was given up has been looked at again. */
    looks: integer('looks').notNull().default(0),
    action: text('action').$type<JobAction>().notNull().default('reconcile'),
    leaseId: text('lease_id'),
    leaseUntil: at('lease_until'),
    leasedGeneration: integer('leased_generation'),
    leasedPhase: text('leased_phase').$type<Phase>(),
    percent: integer('percent').notNull().default(0),
    progress: text('progress').notNull().default(''),
    errorCode: text('error_code'),
    errorMessage: text('error_message'),
    errorEvents: text('error_events', { mode: 'json' }).$type<JobEvent[]>(),
    /** What the console groups failures by; null in rows older than the column, which are grouped by their code. */
    cause: text('cause'),
    /** When the last run began, and how long all runs took that reported how they ended, ms. */
    runStartedAt: at('run_started_at'),
    ranMs: integer('ran_ms').notNull().default(0),
    /** The number of the last line of the job's log. */
    logSeq: integer('log_seq').notNull().default(0),
    /** When a person took the finished job out of the lists. */
    cleanedAt: at('cleaned_at'),
    runAfter: at('run_after').notNull(),
    rungAt: at('rung_at').notNull(),
    createdAt: at('created_at').notNull(),
    startedAt: at('started_at'),
    finishedAt: at('finished_at'),
    updatedAt: at('updated_at').notNull(),
  },
  (t) => [
    uniqueIndex('jobs_one_active').on(t.customerId).where(sql`state = 'active'`),
    uniqueIndex('jobs_one_waiting').on(t.customerId).where(sql`state = 'waiting'`),
    index('jobs_due').on(t.clusterId, t.createdAt).where(sql`state IN ('waiting', 'active')`),
    index('jobs_updated').on(t.updatedAt),
    index('jobs_customer').on(t.customerId),
    index('jobs_listed').on(t.state, t.cleanedAt, t.finishedAt),
  ],
);

/** What the runs of a job said, the last lines of it. `number` is the line's place in the run of that lease. */
export const jobLogs = sqliteTable(
  'job_logs',
  {
    jobId: text('job_id').notNull(),
    seq: integer('seq').notNull(),
    leaseId: text('lease_id').notNull(),
    number: integer('number').notNull(),
    at: at('at').notNull(),
    level: text('level').$type<LogLevel>().notNull(),
    line: text('line').notNull(),
  },
  (t) => [primaryKey({ columns: [t.jobId, t.seq] })],
);

/**
 * How many jobs ended in an hour, by state and by how long the last run took (rounded down to two digits, -1: none ran).
 * A trigger on `jobs` counts.
 */
export const jobHistory = sqliteTable(
  'job_history',
  {
    hour: at('hour').notNull(),
    state: text('state', { enum: ['completed', 'failed'] }).notNull(),
    ranMs: integer('ran_ms').notNull(),
    jobs: integer('jobs').notNull(),
  },
  (t) => [primaryKey({ columns: [t.hour, t.state, t.ranMs] })],
);

/** Where no job begins: a cluster's id, or `*` for all. */
export const queuePauses = sqliteTable('queue_pauses', {
  scope: text('scope').primaryKey(),
  reason: text('reason').notNull(),
  pausedBy: text('paused_by').notNull(),
  pausedAt: at('paused_at').notNull(),
});

/** Orders for many jobs or dead letters. `taken` of `matched` items have been decided about. */
export const batches = sqliteTable(
  'batches',
  {
    id: text('id').primaryKey(),
    action: text('action').$type<BatchAction>().notNull(),
    /** Items a second. */
    rate: integer('rate').notNull(),
    matched: integer('matched').notNull(),
    taken: integer('taken').notNull().default(0),
    reason: text('reason'),
    startedBy: text('started_by').notNull(),
    createdAt: at('created_at').notNull(),
    finishedAt: at('finished_at'),
  },
  (t) => [index('batches_running').on(t.createdAt).where(sql`finished_at IS NULL`)],
);

/** What an order is for, by place from 1; `outcome` is `done` or the code of the refusal, null before its turn. */
export const batchItems = sqliteTable(
  'batch_items',
  {
    batchId: text('batch_id').notNull(),
    place: integer('place').notNull(),
    subject: text('subject').notNull(),
    outcome: text('outcome'),
  },
  (t) => [primaryKey({ columns: [t.batchId, t.place] })],
);

/** What must reach a queue, Stripe or a mailbox. Written in the batch of its cause; sent at once and swept by cron. */
export const outbox = sqliteTable(
  'outbox',
  {
    id: text('id').primaryKey(),
    kind: text('kind', {
      enum: [
        'doorbell',
        'stripe_customer',
        'stripe_price',
        'mail',
        'notice',
        'signup_mail',
        'stripe_order',
        'stripe_go_on',
        'stripe_move',
        'stripe_pause',
        'stripe_cancel',
        'stripe_drop',
        'stripe_hold',
        'stripe_invoice',
        'stripe_lines',
        'stripe_usage',
        'stripe_finalize',
        'stripe_credit',
        'stripe_billing',
      ],
    }).notNull(),
    payload: text('payload', { mode: 'json' }).$type<Record<string, string | number>>().notNull(),
    state: text('state', { enum: ['planned', 'sent', 'confirmed', 'never', 'dropped'] }).notNull(),
    /** Part of the idempotency key at Stripe; raised only after a look-up shows that the last one is not there. */
    epoch: integer('epoch').notNull().default(0),
    attempts: integer('attempts').notNull().default(0),
    claimedUntil: at('claimed_until').notNull().default(0),
    nextAt: at('next_at').notNull(),
    sentAt: at('sent_at'),
    lastError: text('last_error'),
    createdAt: at('created_at').notNull(),
  },
  (t) => [index('outbox_due').on(t.nextAt).where(sql`state <> 'confirmed'`)],
);

/** Append-only (triggers refuse updates and deletes). */
export const auditLog = sqliteTable(
  'audit_log',
  {
    id: text('id').primaryKey(),
    at: at('at').notNull(),
    actor: text('actor').notNull(),
    /** The credential that was used; the names of two tokens may be alike at different times. */
    credentialId: text('credential_id'),
    action: text('action').notNull(),
    subject: text('subject').notNull(),
    details: text('details', { mode: 'json' }).$type<Record<string, unknown>>().notNull(),
    requestId: text('request_id').notNull(),
  },
  (t) => [
    index('audit_subject').on(t.subject, t.at),
    index('audit_at').on(t.at),
    index('audit_customer').on(sql`${t.details} ->> 'customer_id'`),
  ],
);

/** First answers of mutating POSTs, kept 24 h and encrypted under a key derived from the Idempotency-Key. */
export const idempotencyKeys = sqliteTable('idempotency_keys', {
  hash: text('hash').primaryKey(),
  bodyHash: text('body_hash').notNull(),
  /** The running request that may store its answer here; another takes over when `lockedUntil` has passed. */
  holder: text('holder').notNull(),
  lockedUntil: at('locked_until').notNull(),
  status: integer('status'),
  answer: text('answer'),
  expiresAt: at('expires_at').notNull(),
});

/** Messages that can never be processed, one row each, with the reason. */
export const deadLetters = sqliteTable(
  'dead_letters',
  {
    id: text('id').primaryKey(),
    queue: text('queue').notNull(),
    customerId: text('customer_id'),
    code: text('code').notNull(),
    message: text('message').notNull(),
    body: text('body', { mode: 'json' }).$type<unknown>().notNull(),
    createdAt: at('created_at').notNull(),
    replayedAt: at('replayed_at'),
  },
  (t) => [
    index('dead_letters_at').on(t.createdAt),
    index('dead_letters_customer').on(t.customerId),
    index('dead_letters_open').on(t.code, t.createdAt).where(sql`replayed_at IS NULL`),
  ],
);

/**
 * Never holds a row: inserting a name is how a batch fails when a guard does not hold (src/db/guards.ts). A trigger
 * refuses the row with its name; the CHECK refuses what older Workers insert, without a name.
 */
export const guards = sqliteTable('guards', { failed: integer('failed').notNull(), name: text('name') }, (t) => [
  check('guard_failed', sql`${t.failed} = 0`),
]);
