/** The queue console: lists, logs, counts and history of jobs, and what a person orders of one job or of many. */
import { z } from 'zod';
import { clusterId, customerId, instant, jobId, lineText, listOf, pageQuery, searchText } from './common.ts';
import { job, jobState, logLevel } from './jobs.ts';

/** What the lists keep of finished jobs, the newest ones; what waits or runs is all there. */
export const keptInLists = { completed: 100, failed: 200 } as const;

const reason = lineText(500);
/** A reason for the audit log, where one is not demanded. */
export const maybeReason = z.strictObject({ reason: reason.optional() });

export const jobList = listOf(job);
export const jobAnswer = z.object({ success: z.literal(true), job });

const sorts = ['created_at', 'updated_at', 'finished_at', 'run_after', 'company_name', 'attempts'] as const;
export type JobSort = (typeof sorts)[number];

/** Which jobs: `q` finds ids, company names and error codes; `error` is a code or a cause; `from` and `to` bound `created_at`. */
const filters = {
  state: jobState.optional().describe('Only jobs in this state.'),
  q: searchText
    .optional()
    .describe('Part of an id (job, customer, cluster), of the company’s name or of the error’s code.'),
  customer_id: customerId.optional().describe('Only jobs of this customer.'),
  error: z.string().min(1).max(300).optional().describe('Only jobs with this error code, or this cause.'),
  from: instant.optional().describe('Only jobs made at this instant or later.'),
  to: instant.optional().describe('Only jobs made at this instant or before.'),
};

/** GET /api/queue/jobs. A `sort` with a minus in front has the highest first. */
export const jobsQuery = pageQuery.extend({
  ...filters,
  updated_since: instant.optional().describe('Only jobs that changed at this instant or later.'),
  sort: z
    .enum([...sorts, ...sorts.map((name) => `-${name}` as const)])
    .default('-created_at')
    .describe('With a minus in front the highest first.'),
});

/** GET /api/queue/stats: five bare integers. */
export const queueStats = z.object({
  waiting: z.number().int(),
  active: z.number().int(),
  completed: z.number().int(),
  failed: z.number().int(),
  delayed: z.number().int(),
});
export type QueueStats = z.infer<typeof queueStats>;

/** GET /api/queue/jobs/:id/logs: the lines behind `after`, in order; `next` is the `after` of the next call. */
export const logsQuery = z.object({
  after: z.coerce
    .number()
    .int()
    .min(0)
    .max(1_000_000_000)
    .default(0)
    .describe('Lines behind this one; `next` of the last answer.'),
  limit: z.coerce.number().int().min(1).max(500).default(500).describe('Lines of one answer.'),
});
export const logsAnswer = z.object({
  items: z.array(z.object({ seq: z.number().int(), at: z.string(), level: logLevel, line: z.string() })),
  next: z.number().int(),
});

/** GET /api/queue/history: an entry an hour, oldest first, the running hour included. Times are those of completed runs. */
export const historyDaysMax = 400;
export const queueHistoryQuery = z.object({
  hours: z.coerce
    .number()
    .int()
    .min(1)
    .max(historyDaysMax * 24)
    .default(24)
    .describe('How many hours back, the running one included.'),
});
export const queueHistory = z.array(
  z.object({
    hour: z.string(),
    done: z.number().int(),
    failed: z.number().int(),
    /** How long the runs of jobs took, to a tenth; null where none ran. */
    p50_ms: z.number().int().nullable(),
    p95_ms: z.number().int().nullable(),
  }),
);
export type QueueHistory = z.infer<typeof queueHistory>;

/** GET /api/queue/groups: jobs that say the same cause, the most first. */
export const groupsQuery = z.object({
  state: z.enum(['failed', 'delayed']).default('failed').describe('Jobs in this state.'),
});
export const queueGroups = z.array(
  z.object({
    cause: z.string(),
    jobs: z.number().int(),
    oldest: z.string(),
    newest: z.string(),
    sample_id: jobId,
  }),
);

/** DELETE /api/queue/jobs/:id takes its reason in the query. */
export const removeQuery = z.object({ reason: reason.optional().describe('Kept in the audit log.') });

/** POST /api/queue/clean: finished jobs leave the lists. */
export const cleanBody = z.strictObject({
  state: z.enum(['completed', 'failed']),
  older_than_seconds: z
    .number()
    .int()
    .min(0)
    .max(400 * 86_400),
  limit: z.number().int().min(1).max(1000).default(1000),
  reason: reason.optional(),
});
export const cleanAnswer = z.object({ success: z.literal(true), cleaned: z.number().int() });

/** POST /api/queue/pause and /resume: of one cluster, or of all. What runs goes on; nothing new begins. */
export const pauseBody = z.strictObject({ cluster_id: clusterId.optional(), reason });
const pause = z.object({
  /** Null: all clusters. */
  cluster_id: z.string().nullable(),
  reason: z.string(),
  paused_by: z.string(),
  paused_at: z.string(),
});
export const pausesAnswer = z.object({ paused: z.array(pause) });
export type PausesAnswer = z.infer<typeof pausesAnswer>;

const bulkIdsMax = 1000;
export const bulkAction = z.enum(['retry', 'remove', 'promote']);
export type BulkAction = z.infer<typeof bulkAction>;
/** Items a second; more than 600 a minute are not carried out, whatever the rate (src/batches/batch.ts). */
const rate = z.number().int().min(1).max(50);

const bulkStates: Record<BulkAction, readonly string[]> = {
  retry: ['failed'],
  remove: ['waiting', 'delayed', 'completed', 'failed'],
  promote: ['delayed'],
};

/**
 * POST /api/queue/bulk: the same deed on many jobs, `rate` of them a second. They are named (`ids`), or are those that a
 * filter finds at this moment; a filter of `remove` has to say in which state they are.
 */
export const bulkBody = z
  .strictObject({
    action: bulkAction,
    ids: z.array(jobId).min(1).max(bulkIdsMax).optional(),
    filter: z.strictObject(filters).optional(),
    rate: rate.default(5),
    reason: reason.optional(),
  })
  .refine((body) => (body.ids === undefined) !== (body.filter === undefined), {
    path: ['ids'],
    message: 'either ids or filter',
  })
  .refine(
    ({ action, filter }) =>
      filter === undefined ||
      (filter.state === undefined ? action !== 'remove' : bulkStates[action].includes(filter.state)),
    { path: ['filter', 'state'], message: 'retry is for failed jobs, promote for delayed ones; remove needs a state' },
  );
export const batchStarted = z.object({ batch_id: z.string(), matched: z.number().int() });

/** `replay` is of dead letters, `replay_events` and `catch_up` of Stripe's events, `reissue_licences` of customers, the others of jobs. */
const batchAction = z.enum([...bulkAction.options, 'replay', 'replay_events', 'catch_up', 'reissue_licences']);
export type BatchAction = z.infer<typeof batchAction>;

/** GET /api/queue/batches/:id: how far an order for many is. */
export const batchAnswer = z.object({
  batch_id: z.string(),
  action: batchAction,
  state: z.enum(['running', 'done']),
  rate: z.number().int(),
  matched: z.number().int(),
  done: z.number().int(),
  /** What could not be done any more, by the code that it would have been refused with alone. */
  refused: z.array(z.object({ code: z.string(), items: z.number().int() })),
  reason: z.string().nullable(),
  started_by: z.string(),
  created_at: z.string(),
  finished_at: z.string().nullable(),
});
export type BatchAnswer = z.infer<typeof batchAnswer>;

/** GET /api/dead-letters, newest first; `q` finds ids of letters and customers, company names, and words of the reason. */
export const deadLettersQuery = pageQuery.extend({
  queue: z.string().max(63).optional().describe('Only letters of this queue.'),
  code: z.string().max(64).optional().describe('Only letters of this code.'),
  q: searchText.optional().describe('Part of an id (letter, customer), of the company’s name or of the reason.'),
  state: z.enum(['open', 'replayed']).optional().describe('`open`: nobody has sent it again.'),
});
export const deadLetter = z.object({
  id: z.string(),
  queue: z.string(),
  customer_id: z.string().nullable(),
  company_name: z.string().nullable(),
  code: z.string(),
  message: z.string(),
  body: z.unknown(),
  created_at: z.string(),
  replayed_at: z.string().nullable(),
});
export const deadLetterList = listOf(deadLetter);

/** POST /api/dead-letters/:id/replay. */
export const replayBody = z.strictObject({});
export const replayAnswer = z.object({ success: z.literal(true), id: z.string(), replayed_at: z.string() });

/** GET /api/dead-letters/groups: open letters of the same code, the most first. */
export const deadLetterGroups = z.array(
  z.object({
    queue: z.string(),
    code: z.string(),
    letters: z.number().int(),
    customers: z.number().int(),
    oldest: z.string(),
    newest: z.string(),
    sample_id: z.string(),
    /** What the newest of them says. */
    message: z.string(),
  }),
);

export const letterId = z.string().regex(/^dead_[0-9a-f]{32}$/, 'must look like dead_ + 32 hex digits');

/** POST /api/dead-letters/replay: all open letters of a code, or those named, `rate` of them a second. */
export const replayManyBody = z
  .strictObject({
    code: z.string().min(1).max(64).optional(),
    ids: z.array(letterId).min(1).max(bulkIdsMax).optional(),
    rate: rate.default(10),
    reason: reason.optional(),
  })
  .refine((body) => (body.ids === undefined) !== (body.code === undefined), {
    path: ['code'],
    message: 'must have either code or ids',
  });

/** DELETE /api/dead-letters/:id: what was reported is given up for good. */
export const dropLetterBody = z.strictObject({ reason });
