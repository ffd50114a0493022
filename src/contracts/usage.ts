/** Usage on the wire: reports, batches, cursor, history, gaps. Quantities are numbers as the seeds have them. */
import { z } from 'zod';
import { customerId, instant, listOf, namespace, pageQuery } from './common.ts';

/** Upper bounds of one window; they keep every period's sum below 2^53 in the stored base units (spec §1). */
const hoursMax = 1e5;
const gigabytesMax = 1e6;
const bytesMax = 1e13;
const countMax = 1e12;
/** In the unit that plans.yaml names; stored in millionths. */
const ownUnitsMax = 1e9;

/**
 * Every quantity a report may carry, with its bound for one window. GB is 2^30 bytes, MB 2^20.
 * A new quantity is one entry here and one in src/usage/meters.ts.
 */
export const quantityBounds = {
  cpu_hours: hoursMax,
  memory_gb_hours: hoursMax,
  storage_used_gb: gigabytesMax,
  network_bytes_sent: bytesMax,
  network_bytes_received: bytesMax,
  http_requests: countMax,
  api_calls: countMax,
  mqtt_bytes_sent: bytesMax,
  mqtt_bytes_received: bytesMax,
  http_bytes_sent: bytesMax,
  http_bytes_received: bytesMax,
  active_devices: countMax,
  total_devices: countMax,
  mqtt_messages_published: countMax,
  mqtt_messages_received: countMax,
  postgres_size_mb: gigabytesMax * 1024,
  postgres_row_count: countMax,
  postgres_transactions: countMax,
  storage_capacity_gb: gigabytesMax,
  running_pods: countMax,
  running_vms: countMax,
  public_ips: countMax,
  cost_cpu: 1e9,
  cost_memory: 1e9,
  cost_storage: 1e9,
  cost_network: 1e9,
  custom_1: ownUnitsMax,
  custom_2: ownUnitsMax,
  custom_3: ownUnitsMax,
  custom_4: ownUnitsMax,
  custom_5: ownUnitsMax,
  cpu_requested_cores: hoursMax,
  memory_requested_gb: gigabytesMax,
} as const;

/** A wire field that carries a quantity. */
export type QuantityField = keyof typeof quantityBounds;
export const quantityFields = Object.keys(quantityBounds) as QuantityField[];

/** Quantities as answers have them. */
export const quantities = z.object(
  Object.fromEntries(quantityFields.map((f) => [f, z.number().optional()])) as Record<
    QuantityField,
    z.ZodOptional<z.ZodNumber>
  >,
);
export type Quantities = Partial<Record<QuantityField, number>>;

/** Entries of `gaps` in a report, and of `details` in an answer; the longest are told. */
export const reportGapsMax = 20;

/** What of a window was not seen: of which quantity, which thing (a pod, a claim, a target), in which seconds, and why. */
const reportGap = z.object({
  field: z.string().max(64),
  thing: z.string().max(200),
  reason: z.string().max(32),
  from: instant,
  to: instant,
  /** In all; less than from `from` to `to` where it was seen in between. */
  seconds: z.number().min(0).max(86_400),
});
export type ReportGap = z.infer<typeof reportGap>;

/** The part of a report that says what it is about; quantities come beside it. Bounds are judged by src/usage/report.ts. */
const reportHead = z.object({
  customer_id: customerId,
  instance_id: z.string().min(1).max(200),
  namespace: namespace.optional(),
  /** When it was computed. Without a window the report belongs to the UTC hour of `timestamp - 1 ms`. */
  timestamp: instant.optional(),
  window_start: instant.optional(),
  window_end: instant.optional(),
  /** Computation time in ms; a higher one replaces the window's quantities. */
  revision: z.number().int().min(0).optional(),
  complete: z.boolean().optional(),
  gap_seconds: z.number().min(0).max(86_400).optional(),
  /** Fields of meters that were not seen at all. */
  missing: z.array(z.string().max(64)).max(64).optional(),
  gaps: z.array(reportGap).max(reportGapsMax).optional(),
});

/** One report as sent to POST /api/usage/report and inside a batch. Unknown fields are ignored and listed. */
export const usageReport = reportHead.extend(quantities.shape);
export type UsageReport = z.infer<typeof usageReport>;

/** What an exporter of ours always sends: a window, a revision and whether all of it was seen. */
export type WindowReport = UsageReport &
  Required<Pick<UsageReport, 'namespace' | 'timestamp' | 'window_start' | 'window_end' | 'revision' | 'complete'>>;

export const reportAnswer = z.object({
  success: z.literal(true),
  accepted: z.literal(1),
  ignored: z.array(z.string()).optional(),
});

/** Why an item of a batch, or a single report, was refused. `retryable` is false for all of these but `unavailable`. */
export const reportErrorCode = z.enum([
  'validation_failed',
  'customer_mismatch',
  'unknown_reporter',
  'unknown_namespace',
  'window_length',
  'window_unaligned',
  'window_reversed',
  'window_future',
  'window_too_old',
  'window_not_owned',
  'revision_future',
  'value_out_of_range',
  'no_quantities',
]);
export type ReportErrorCode = z.infer<typeof reportErrorCode>;

export const batchItemsMax = 1000;

/** POST /api/usage/batch: 1 to 1,000 items; each is judged by itself. */
export const usageBatch = z.object({ reports: z.array(z.unknown()) });
export const batchAnswer = z.object({
  success: z.literal(true),
  accepted: z.number().int(),
  rejected: z.number().int(),
  results: z.array(
    z.object({
      index: z.number().int(),
      status: z.enum(['accepted', 'rejected']),
      code: reportErrorCode.optional(),
      message: z.string().optional(),
      retryable: z.boolean().optional(),
      ignored: z.array(z.string()).optional(),
    }),
  ),
});
export type BatchAnswer = z.infer<typeof batchAnswer>;

/** GET /api/usage/:customerId/cursor. */
export const cursorQuery = z.object({
  instance_id: z.string().min(1).max(200).describe('The instance that the reporter reports as.'),
  namespace: namespace.optional().describe('Absent: the customer’s own namespace.'),
});
export const cursorAnswer = z.object({
  customer_id: z.string(),
  instance_id: z.string(),
  namespace: z.string(),
  /** End of the last accounted window (reported or declared unavailable); a fresh reporter's `active_from`. */
  cursor: z.string(),
  window_seconds: z.number().int(),
  active_from: z.string(),
  active_until: z.string().nullable(),
  server_time: z.string(),
});
export type CursorAnswer = z.infer<typeof cursorAnswer>;

/** GET /api/usage/reporters: whom a cluster's key measures for, a reporter and namespace an item. */
export const clusterReportersQuery = pageQuery.extend({
  limit: z.coerce.number().int().min(1).max(1000).default(1000).describe('Items of a page.'),
});
export const clusterReportersAnswer = listOf(
  z.object({
    customer_id: z.string(),
    instance_id: z.string(),
    namespace: z.string(),
    window_seconds: z.number().int(),
    active_from: z.string(),
    active_until: z.string().nullable(),
  }),
);
export type ClusterReporters = z.infer<typeof clusterReportersAnswer>;

/** GET /api/usage/:customerId. A day has the windows that end in it: (00:00, 24:00]. */
export const historyQuery = pageQuery.extend({
  days: z.coerce.number().int().min(1).max(400).default(30).describe('How far back, where there is no `from`.'),
  from: instant.optional().describe('Windows that end after this instant.'),
  to: instant.optional().describe('Windows that end at this instant or before; absent: now.'),
  granularity: z.enum(['window', 'day']).default('day').describe('An item a window or a UTC day.'),
  namespace: namespace.optional().describe('Only this namespace.'),
  format: z.enum(['json', 'csv']).default('json').describe('`csv`: the whole range as a file, not paged.'),
});

const historyItem = z
  .object({
    window_start: z.string(),
    window_end: z.string(),
    namespace: z.string(),
    instance_id: z.string(),
    revision: z.number().int().nullable(),
    complete: z.boolean(),
    gap_seconds: z.number(),
  })
  .extend(quantities.shape);

export const historyAnswer = z.object({
  customer_id: z.string(),
  from: z.string(),
  to: z.string(),
  granularity: z.enum(['window', 'day']),
  items: z.array(historyItem),
  total: z.number().int(),
  page: z.number().int(),
  limit: z.number().int(),
  totals: quantities,
});
export type HistoryAnswer = z.infer<typeof historyAnswer>;

/** GET /api/usage/:customerId/gaps, oldest first: expected windows that nobody reported, and parts that were not seen. */
export const gapsQuery = pageQuery.extend({
  limit: z.coerce.number().int().min(1).max(1000).default(1000).describe('Items of a page.'),
  days: z.coerce.number().int().min(1).max(400).default(30).describe('How far back, where there is no `from`.'),
  from: instant.optional().describe('Windows that end after this instant.'),
  to: instant.optional().describe('Windows that end at this instant or before; absent: now.'),
});
/** Nobody reported it, the reporter declared it unavailable, or a part of it was not seen. */
export const gapReason = z.enum(['missing', 'unavailable', 'partial']);
export type GapReason = z.infer<typeof gapReason>;

export const gapsAnswer = z.object({
  customer_id: z.string(),
  from: z.string(),
  to: z.string(),
  items: z.array(
    z.object({
      namespace: z.string(),
      instance_id: z.string(),
      from: z.string(),
      to: z.string(),
      windows: z.number().int(),
      reason: gapReason,
      /** What reports said of it, the longest first; `thing` is null where a quantity was not seen at all. An older API tells none. */
      details: z
        .array(
          z.object({
            field: z.string(),
            thing: z.string().nullable(),
            reason: z.string(),
            from: z.string(),
            to: z.string(),
            seconds: z.number(),
          }),
        )
        .default([]),
    }),
  ),
  total: z.number().int(),
  page: z.number().int(),
  limit: z.number().int(),
});
export type GapsAnswer = z.infer<typeof gapsAnswer>;
