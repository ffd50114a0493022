/**
 * What an organisation's projects cost, on the wire (`/api/billing`). Money is decimal dollars with two places at list
 * rates, a month is a calendar month in UTC, and every number says up to when it counts: `as_of` is the end of the newest
 * window in it, null while there is none.
 */
import { z } from 'zod';
import { clusterId, instant, lineText, listOf, namespace, pageQuery, searchText } from './common.ts';

const slug = z.string().max(63);

/** Which organisation is meant: an admin says so, a person's token does. */
const chosen = z.object({
  organisation: slug
    .optional()
    .describe('The organisation, by its slug. Admins must name it; others may name their own only.'),
});
export const organisationQuery = chosen;

/** The envelope of every answer here. */
export const enveloped = <T extends z.ZodType>(data: T) =>
  z.object({ success: z.literal(true), data, timestamp: z.string() });

/** Dollars with two places. */
const dollars = z.number();

const labelKey = z
  .string()
  .regex(/^[a-z0-9][a-z0-9_.-]{0,62}$/, 'must be 1 to 63 of a-z, 0-9, _ . and -, such as cost-centre');
const labelsMax = 20;
const labelCharsMax = 128;

/** C0, DEL, C1 and the two separators of Unicode, written out: not everything that reads the API's document knows `\p{Cc}`. */
const notInLabels = '\\u0000-\\u001f\\u007f-\\u009f\\u2028\\u2029';

/** One label as a query names it: everything after the first colon is the value. */
const labelPair = z
  .string()
  .regex(new RegExp(`^[a-z0-9][a-z0-9_.-]{0,62}:[^${notInLabels}]{1,128}$`, 'u'), 'must be key:value');

const ofCluster = clusterId.optional().describe('The cluster, where two have a namespace of this name.');
/** What a range may be cut by: its projects, its meters, or the values of one label. */
const byText = z
  .string()
  .regex(/^(project|meter|label:[a-z0-9][a-z0-9_.-]{0,62})$/, 'must be project, meter or label:<key>');

/** A calendar month, `2026-11`. */
const monthText = z.string().regex(/^\d{4}-(0[1-9]|1[0-2])$/, 'must be a month such as 2026-11');

const labels = z.record(z.string(), z.string());

/** GET /api/billing/health. */
export const billingHealthAnswer = enveloped(
  z.object({
    status: z.literal('ok'),
    version: z.string(),
    database: z.literal('connected'),
    usage_as_of: z.string().nullable(),
  }),
);

const sorts = ['namespace', 'current_month_total', 'last_day_spend', 'as_of'] as const;
export type ProjectSort = (typeof sorts)[number];

/** GET /api/billing/projects. `sort` with a minus in front is the highest first; `q` looks in namespaces and labels. */
export const billingProjectsQuery = pageQuery.extend({
  ...chosen.shape,
  q: searchText.optional().describe('Part of the namespace’s name.'),
  label: labelPair.optional().describe('Only projects with this label, as key:value.'),
  sort: z
    .enum([...sorts, ...sorts.map((name) => `-${name}` as const)])
    .default('namespace')
    .describe('With a minus in front the highest first.'),
});

const billingProject = z.object({
  namespace: z.string(),
  cluster_id: z.string(),
  customer_id: z.string(),
  labels,
  current_month_total: dollars,
  last_day_spend: dollars,
  /** The month as it will have been at its end; null where nothing can be foretold. */
  forecast: dollars.nullable(),
  budget: z.object({ amount: dollars, used_percent: z.number() }).nullable(),
  complete: z.boolean(),
  as_of: z.string().nullable(),
});
export type BillingProject = z.infer<typeof billingProject>;
export const billingProjectsAnswer = enveloped(listOf(billingProject));

/** GET /api/billing/project/:namespace/overview. Without a cluster, the namespaces of that name in all clusters together. */
export const overviewQuery = chosen.extend({ cluster: ofCluster });
const overview = z.object({
  namespace: z.string(),
  billing_summary: z.object({
    current_month_total: dollars,
    /** The last 24 full hours. */
    last_day_spend: dollars,
    billing_period: z.string(),
    /** The last full hour. */
    total_cost_per_hour: dollars,
  }),
  /** The last full hour: its averages, and what CPU, memory and virtual machines cost in it. */
  compute_instances: z.object({
    running_pods: z.number(),
    running_vms: z.number(),
    cpu_cores: z.number(),
    memory_gib: z.number(),
    cost_per_hour: dollars,
  }),
  /** Adds up to `current_month_total`. `other_cost` is there when the list prices more than these. */
  cost_breakdown: z.object({
    cpu_cost: dollars,
    memory_cost: dollars,
    storage_cost: dollars,
    network_cost: dollars,
    public_ip_cost: dollars,
    request_cost: dollars,
    other_cost: dollars.optional(),
  }),
  as_of: z.string().nullable(),
  complete: z.boolean(),
  forecast: dollars.nullable(),
  previous_month_total: dollars,
});
export type Overview = z.infer<typeof overview>;
export const overviewAnswer = enveloped(overview);

const ofMonth = monthText.optional().describe('A calendar month in UTC, YYYY-MM; without it the one that runs.');

/** GET /api/billing/summary. The month that runs unless said. */
export const summaryQuery = chosen.extend({ month: ofMonth });
const labelCost = z.object({
  value: z.string(),
  cost: dollars,
  projects: z.number().int(),
});
const summary = z.object({
  month: z.string(),
  total: dollars,
  by_project: z.array(
    z.object({ namespace: z.string(), cluster_id: z.string(), customer_id: z.string(), cost: dollars }),
  ),
  by_meter: z.array(
    z.object({ meter: z.string(), description: z.string(), unit: z.string(), quantity: z.number(), cost: dollars }),
  ),
  /** Every label key that a project has; its values and `unlabelled` add up to `total`. */
  by_label: z.array(z.object({ key: z.string(), values: z.array(labelCost), unlabelled: dollars })),
  /** The month before: up to the same hour of it while `month` runs, else the whole of it. */
  previous: z.object({ month: z.string(), until: z.string(), total: dollars }),
  /** `percent` is null when the month before cost nothing. */
  change: z.object({ amount: dollars, percent: z.number().nullable() }),
  complete: z.boolean(),
  as_of: z.string().nullable(),
});
export type Summary = z.infer<typeof summary>;
export const summaryAnswer = enveloped(summary);

export const granularities = ['hour', 'day', 'month'] as const;
export type Granularity = (typeof granularities)[number];
export const pointsMax = 400;
export const seriesMax = 50;
export const monthsMax = 36;

/** GET /api/billing/trends: widened to whole hours, days or months. The month that runs, by day and project, unless said. */
export const trendsQuery = chosen.extend({
  from: instant.optional().describe('The first instant; without it the beginning of the month.'),
  to: instant.optional().describe('The end, not included; without it now.'),
  granularity: z.enum(granularities).default('day').describe('How long a point is.'),
  by: byText
    .default('project')
    .describe('A series for each: project, meter, or label:<key> for the values of a label.'),
  namespace: namespace.optional().describe('Only this project.'),
  cluster: ofCluster,
  meter: z.string().max(63).optional().describe('Only this meter.'),
});
const series = z.object({
  /** A namespace, a meter or a label's value; of `unlabelled` and `other` that word. */
  key: z.string(),
  kind: z.enum(['project', 'meter', 'label', 'unlabelled', 'other']),
  /** Of a project. */
  cluster_id: z.string().nullable(),
  /** What `quantity` counts, where the series is of one meter; else null and there is no quantity. */
  unit: z.string().nullable(),
  total: dollars,
  points: z.array(
    z.object({ start: z.string(), cost: dollars, quantity: z.number().optional(), complete: z.boolean() }),
  ),
});
const trends = z.object({
  from: z.string(),
  to: z.string(),
  granularity: z.enum(granularities),
  by: z.string(),
  /** The dearest first, at most 50; the rest is the last, `other`. */
  series: z.array(series),
  total: dollars,
  as_of: z.string().nullable(),
});
export type Trends = z.infer<typeof trends>;
export const trendsAnswer = enveloped(trends);

/** GET /api/billing/attribution: whose the month's cost is, by the values of one label. */
export const attributionQuery = chosen.extend({
  month: ofMonth,
  by: z
    .string()
    .regex(/^label:[a-z0-9][a-z0-9_.-]{0,62}$/, 'must be label:<key>')
    .describe('The label whose values get the shares, as label:<key>.'),
});
const share = z.object({
  value: z.string(),
  /** What its own projects cost, its part of what is shared, and both. */
  own: dollars,
  shared: dollars,
  cost: dollars,
  /** Of `total`, with two places. */
  percent: z.number(),
  projects: z.array(z.string()),
});
const attribution = z.object({
  month: z.string(),
  by: z.string(),
  total: dollars,
  shares: z.array(share),
  /** What has no such label: nobody's share, and it takes no part of what is shared. */
  unlabelled: z.object({ cost: dollars, percent: z.number(), projects: z.array(z.string()) }),
  /** What projects with the label `shared: true` cost, and how it was split. */
  shared: z.object({
    cost: dollars,
    rule: z.enum(['by_own_cost', 'equally', 'nobody']),
    projects: z.array(z.string()),
    /** What nobody took: there is no value to take it. */
    left: dollars,
  }),
  complete: z.boolean(),
  as_of: z.string().nullable(),
});
export type Attribution = z.infer<typeof attribution>;
export const attributionAnswer = enveloped(attribution);

/** PUT /api/billing/projects/:namespace/labels: all of the project's labels, in the place of those that it had. */
export const labelsBody = z
  .record(labelKey, lineText(labelCharsMax))
  .refine((given) => Object.keys(given).length <= labelsMax, `must have at most ${labelsMax} labels`);
export const labelsQuery = chosen.extend({ cluster: ofCluster });
export const labelsAnswer = enveloped(z.object({ namespace: z.string(), cluster_id: z.string(), labels }));

/** GET /api/billing/export. `focus` is CSV of one month; what else there is takes the query of its route. */
export const exportQuery = trendsQuery.extend({
  what: z.enum(['trends', 'projects']).default('trends').describe('What is exported; FOCUS is always usage by day.'),
  format: z.enum(['csv', 'json', 'focus']).default('csv').describe('The form of the file.'),
  month: ofMonth.describe('The month of a FOCUS file, YYYY-MM; without it the one that runs.'),
});
/** `format=json`: one object a row, as the CSV has it. */
export const exportAnswer = enveloped(
  z.object({
    what: z.enum(['trends', 'projects']),
    columns: z.array(z.string()),
    rows: z.array(z.record(z.string(), z.union([z.string(), z.number(), z.boolean(), z.null()]))),
  }),
);

/** What GET /api/billing/live sends, a message a line of JSON. */
export const liveMessage = z.object({
  type: z.literal('cost'),
  namespace: z.string(),
  cluster_id: z.string(),
  current_month_total: dollars,
  total_cost_per_hour: dollars,
  as_of: z.string().nullable(),
});
export type LiveMessage = z.infer<typeof liveMessage>;
