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

/** A decimal as a string or a number that is exact as one, ≥ 0; `null` is unlimited. */
const decimal = z.union([z.string().regex(/^\d{1,15}(\.\d{1,12})?$/), z.number().min(0).max(1e15)]);

/** PUT /api/customers/:id/overrides (admin): replaces what the plan's version says, per allowance and per meter's price. */
export const overridesBody = z.strictObject({
  allowances: z.record(z.string(), decimal.nullable()).optional(),
  prices: z.record(z.string(), decimal).optional(),
});
export type OverridesBody = z.infer<typeof overridesBody>;
export const overridesAnswer = z.object({
  success: z.literal(true),
  allowances: z.record(z.string(), z.string().nullable()),
  prices: z.record(z.string(), z.string()),
});
