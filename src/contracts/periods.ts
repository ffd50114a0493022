/** GET /api/customers/:customerId/periods: billing periods, newest first, and what was used outside of them. */
import { z } from 'zod';
import { listOf } from './common.ts';

/** `paid`: Stripe's own period. `manual`: a month of ours, without a subscription at Stripe. */
export const periodKind = z.enum(['trial', 'paid', 'manual']);

const period = z.object({
  start: z.string(),
  end: z.string(),
  kind: periodKind,
  plan: z.string(),
  /** Of the plan at the period's end, or of the one that runs. */
  plan_version: z.string(),
  /** `closing`: it has ended, and its last windows are waited for. */
  state: z.enum(['open', 'closing', 'closed']),
  complete: z.boolean(),
  invoiceable: z.boolean(),
  invoice_id: z.string().nullable(),
});

/** Windows that are kept and shown, and billed never. */
const unbilled = z.object({
  start: z.string(),
  end: z.string(),
  windows: z.number().int(),
  reason: z.literal('no_period'),
});

export const periodList = listOf(period).extend({ unbilled: z.array(unbilled) });
export type PeriodList = z.infer<typeof periodList>;
