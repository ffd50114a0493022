/** Deployment jobs: the doorbell message, the provisioner's protocol and a job as it is shown. The console: queue.ts. */
import { z } from 'zod';
import { foreignLine, instant, jobId, leaseId } from './common.ts';

/** What a deployment should be. Only `deleted` is one-way. */
export const phase = z.enum(['running', 'suspended', 'deleted']);
export type Phase = z.infer<typeof phase>;

/** Labels for people; a job always means "bring the deployment to at least its generation". */
export const verb = z.enum(['deploy', 'upgrade', 'suspend', 'resume', 'delete', 'redeploy', 'drift']);
export type Verb = z.infer<typeof verb>;

/** Message of a doorbell queue: it carries no work, only that there is some. D1 is the truth. */
export const doorbell = z.object({ v: z.literal(1), cluster_id: z.string(), job_id: jobId });
export type Doorbell = z.infer<typeof doorbell>;

export const jobState = z.enum(['waiting', 'active', 'completed', 'failed', 'delayed']);
export type JobState = z.infer<typeof jobState>;

/** An event of an object that is not ready, or the end of Helm's own words. */
export const jobEvent = z.strictObject({
  object: foreignLine(300),
  reason: foreignLine(200),
  message: foreignLine(2000),
});
export type JobEvent = z.infer<typeof jobEvent>;

const jobError = z.object({ code: z.string(), message: z.string(), events: z.array(jobEvent) });

/** A job as the console sees it. `delayed` waits for its time; an active one whose lease ran out is waiting again. */
export const job = z.object({
  id: jobId,
  verb,
  state: jobState,
  customer_id: z.string(),
  company_name: z.string(),
  cluster_id: z.string(),
  /** What the deployment should have now. */
  plan: z.string(),
  /** Whose jobs come first: those of customers who pay. */
  priority: z.enum(['paid', 'trial']),
  generation: z.number().int(),
  attempts: z.number().int(),
  progress: z.object({ percent: z.number(), message: z.string() }),
  error: jobError.nullable(),
  /** What jobs that failed alike have in common: the code, and the reason of the first event, e.g. `not_ready: BackOff`. */
  cause: z.string().nullable(),
  created_at: z.string(),
  /** When the first run began. */
  started_at: z.string().nullable(),
  finished_at: z.string().nullable(),
  run_after: z.string(),
  /** Until when the running attempt may take; null when none runs. */
  lease_until: z.string().nullable().default(null),
  /** When the next run may begin; of a failed job, when it is looked at again by itself. Null: none is planned. */
  next_attempt_at: z.string().nullable(),
  /** `waited_ms`: until the first run began, or until now. `ran_ms`: all runs together; null before the first. */
  timings: z.object({ waited_ms: z.number().int(), ran_ms: z.number().int().nullable() }),
  /** Whether there are lines to read at `/logs`. */
  logs: z.boolean(),
});
export type JobView = z.infer<typeof job>;

/** A Secret that holds a reporter's key: one of ours by its name, so that no answer can have the others of a namespace overwritten. */
const reporterSecretName = z.string().regex(/^instance-(?:[a-z]+-)*reporter$/);

/** Values for charts/customer-instance: never a secret; Secrets are named here and made by the provisioner. */
export const chartValues = z.object({
  customer: z.object({
    id: z.string(),
    shortId: z.string(),
    organisationId: z.string(),
    companyName: z.string(),
    email: z.string(),
  }),
  plan: z.string(),
  /** Nothing of the customer's runs. */
  suspended: z.boolean(),
  /** The exporter runs: with the stack, and on in a suspended one until its last window is reported. */
  metering: z.boolean(),
  baseDomain: z.string(),
  billingApiUrl: z.string(),
  storageClass: z.string(),
  license: z.object({ publicKey: z.string() }),
  monitoring: z.object({
    dedicated: z.boolean(),
    scrapeInterval: z.string(),
    retention: z.string(),
    storageSize: z.string(),
    grafana: z.boolean(),
  }),
  /** What the plan's namespaces may hold, Kubernetes quantities. Absent from an older API: the chart's own then. */
  quota: z
    .object({
      cpu: z.string(),
      memory: z.string(),
      ephemeralStorage: z.string(),
      storage: z.string(),
      containerMax: z.object({ cpu: z.string(), memory: z.string(), 'ephemeral-storage': z.string() }),
      claimMax: z.string(),
    })
    .optional(),
  /** The Secrets with the keys of the exporter and of the application. Absent from an older API, the second also where there is none. */
  reporterSecret: reporterSecretName.optional(),
  appReporterSecret: reporterSecretName.optional(),
});
export type ChartValues = z.infer<typeof chartValues>;

/** What a job does. `drift` changes nothing: it compares what lives with the release and answers the differences. */
export const jobAction = z.enum(['reconcile', 'drift']);
export type JobAction = z.infer<typeof jobAction>;

/**
 * An object that is not as the release, the generated Secrets or the namespace want it: e.g. `Deployment/app`, `changed`,
 * `spec.replicas: 5, wanted 2`. Never a Secret's contents.
 */
export const driftEntry = z.strictObject({
  object: z.string().max(300),
  kind: z.enum(['missing', 'changed', 'unexpected']),
  difference: z.string().max(1000),
});
export type DriftEntry = z.infer<typeof driftEntry>;

/** POST /api/provisioner/jobs/next: 204, or the oldest due job, leased and rendered at this moment. */
export const nextBody = z.strictObject({});
export const leasedJob = z.object({
  job: z.object({
    id: jobId,
    verb,
    customer_id: z.string(),
    short_id: z.string(),
    namespace: z.string(),
    release: z.string(),
  }),
  lease_id: leaseId,
  generation: z.number().int(),
  attempt: z.number().int(),
  /** The Worker's clock. The provisioner trusts only the difference to `server_time`, never its own wall clock. */
  lease_until: z.string(),
  server_time: z.string(),
  timeout_ms: z.number().int(),
  /** Absent from an API that knows no other. */
  action: jobAction.default('reconcile'),
  phase,
  /** The database has run and its data is kept: where its claim is gone, nothing is started (`claim_lost`). */
  expects_data: z.boolean().default(false),
  /**
   * The uid of the volume claim that holds the expected data; null where none has been told. Absent from an API that keeps
   * none, which refuses `claim_uid` in a result.
   */
  claim_uid: z.string().nullable().optional(),
  values: chartValues,
  /** The licence token for the instance's first start. */
  licence: z.string(),
  /** The exporter's reporter: the first of `reporters`. */
  reporter_id: z.string(),
  /** The deployment's reporters, each with the Secret for its key. Absent from an API that knows one alone. */
  reporters: z.array(z.object({ id: z.string(), secret: reporterSecretName })).optional(),
});
export type LeasedJob = z.infer<typeof leasedJob>;

export const progressBody = z.strictObject({
  lease_id: leaseId,
  percent: z.number().min(0).max(100),
  message: foreignLine(500),
});
/**
 * `drift` is the answer of a `drift` job; of a suspension, which damage never fails, it is what could not be brought into
 * line with the release. `claim_uid` is the uid of the volume claim that holds the running database's data.
 */
export const completeBody = z.strictObject({
  lease_id: leaseId,
  generation: z.number().int().min(1),
  drift: z.array(driftEntry).max(100).optional(),
  claim_uid: z.string().min(1).max(64).optional(),
});
export const failBody = z.strictObject({
  lease_id: leaseId,
  generation: z.number().int().min(1),
  code: z.string().regex(/^[a-z][a-z0-9_]{0,63}$/, 'must be a word in lower case, such as helm_failed'),
  message: foreignLine(2000),
  events: z.array(jobEvent).max(50),
  retryable: z.boolean(),
  /** Whose trouble it is: trouble of the whole cluster is not a run of the customer's. */
  scope: z.enum(['customer', 'cluster']).default('customer'),
});
export type FailBody = z.input<typeof failBody>;

export const logLevel = z.enum(['info', 'warn', 'error']);
export type LogLevel = z.infer<typeof logLevel>;

/** Characters of one log line, and lines of one call; a job keeps its last `logLinesKept`. */
export const logLineCharsMax = 1000;
export const logLinesPerCall = 100;
export const logLinesKept = 500;

/**
 * A line of a run's log. `number` counts the run's lines from 1, so that a batch that is sent twice is kept once; `at` is the
 * API's time as the run reckons it, by the difference to `server_time`.
 */
export const logLine = z.strictObject({
  number: z.number().int().min(1).max(1_000_000_000),
  at: instant,
  level: logLevel,
  line: foreignLine(logLineCharsMax),
});
export type LogLine = z.infer<typeof logLine>;

/** POST /api/provisioner/jobs/:id/logs: lines of a run, in order. */
export const logsBody = z.strictObject({ lease_id: leaseId, lines: z.array(logLine).min(1).max(logLinesPerCall) });

/** PUT /api/provisioner/reporters/:id: the SHA-256 of the reporter key that the provisioner made. */
export const reporterKeyBody = z.strictObject({
  lease_id: leaseId,
  key_hash: z.string().regex(/^[0-9a-f]{64}$/, 'must be a SHA-256 in lower-case hex'),
});

/** What provisioner calls answer when they take effect. */
export const accepted = z.object({ success: z.literal(true) });
