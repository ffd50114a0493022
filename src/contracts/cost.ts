/** GET /api/usage/:customerId/cost: the period so far, rated. Quantities and unit prices are decimal strings. */
import { z } from 'zod';

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
});
export type CostLine = z.infer<typeof costLine>;

export const costAnswer = z.object({
  customer_id: z.string(),
  period: z.object({ start: z.string(), end: z.string() }),
  plan: z.string(),
  status: z.string(),
  currency: z.literal('usd'),
  complete: z.boolean(),
  invoiceable: z.boolean(),
  lines: z.array(costLine),
  total_cents: z.number().int(),
  tax_included: z.boolean(),
});
export type CostAnswer = z.infer<typeof costAnswer>;
