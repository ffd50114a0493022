/** GET /api/usage/:customerId/cost and /forecast: a period, rated. Quantities and unit prices are decimal strings. */
import { z } from 'zod';
import { instant } from './common.ts';
import { periodKind } from './periods.ts';

export const costLine = z.object({
  /** Stable over answers of one period: meter, tier and start. */
  line_id: z.string(),
  /** What the line counts for, inside the period. */
  from: z.string(),
  to: z.string(),
  meter: z.string(),
  description: z.string(),
  quantity: z.string(),
  unit: z.string(),
  included: z.string(),
  billable: z.string(),
  tier: z.string().nullable(),
  unit_price: z.string(),
  amount_cents: z.number().int(),
  reason: z.string(),
  /** What the line draws on; null for a fee, and for what is shown and not billed. */
  allowance: z
    .object({
      /** The meter, or the name of what several meters share. */
      name: z.string(),
      /** How much the period has of it, in the line's unit; null where everything is included. */
      size: z.string().nullable(),
      /** Of what is held and not used up (devices): the highest hour. Null for everything else. */
      peak: z.string().nullable(),
    })
    .nullable(),
});
export type CostLine = z.infer<typeof costLine>;

/** Which period: the one that runs unless said. */
export const costQuery = z.object({
  period: z
    .string()
    .refine(
      (period) => period === 'previous' || instant.safeParse(period).success,
      'must be previous, or the start of a billing period, e.g. 2026-11-20T12:30:00.000Z',
    )
    .optional()
    .meta({ anyOf: [{ const: 'previous' }, { format: 'date-time' }] })
    .describe('`previous`, or the start of a billing period; absent: the one that runs.'),
});

export const costAnswer = z.object({
  customer_id: z.string(),
  period: z.object({ start: z.string(), end: z.string() }),
  /** What the period is. */
  kind: periodKind,
  plan: z.string(),
  status: z.string(),
  currency: z.literal('usd'),
  complete: z.boolean(),
  invoiceable: z.boolean(),
  lines: z.array(costLine),
  total_cents: z.number().int(),
  tax_included: z.boolean(),
  /** What else is to be known, e.g. that no period runs. */
  note: z.string().nullable(),
});
export type CostAnswer = z.infer<typeof costAnswer>;

/** How a forecast was made: by weekday (14 days and more), by the day, at the rate so far, or nothing is foretold. */
const forecastMethod = z.enum(['weekday', 'daily', 'so_far', 'none']);

/** The period as it will have been at its end, and the range in which four of five such forecasts should end. */
export const forecastAnswer = costAnswer.extend({
  low_cents: z.number().int(),
  high_cents: z.number().int(),
  method: forecastMethod,
  history_days: z.number().int(),
});
export type ForecastAnswer = z.infer<typeof forecastAnswer>;
