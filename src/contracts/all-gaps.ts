/** What is missing of everybody's usage, on the wire (admin). */
import { z } from 'zod';
import { customerId, listOf, pageQuery } from './common.ts';
import { gapReason } from './usage.ts';

/** GET /api/usage/gaps: a page is of customers, so that it costs the same however many there are. */
export const allGapsQuery = pageQuery.extend({
  limit: z.coerce.number().int().min(1).max(25).default(25).describe('Customers of a page.'),
  customer_id: customerId.optional().describe('Only this customer.'),
});
/** Gaps that one customer's item tells; `windows` counts all. */
export const customersGapsMax = 20;
/** Each customer of the page, newest first, also one without gaps; `gaps` are the newest, oldest first. */
export const allGapsAnswer = listOf(
  z.object({
    customer_id: z.string(),
    company_name: z.string(),
    /** Windows by why they are gaps. */
    windows: z.object({ missing: z.number().int(), unavailable: z.number().int(), partial: z.number().int() }),
    gaps: z
      .array(
        z.object({
          namespace: z.string(),
          instance_id: z.string(),
          from: z.string(),
          to: z.string(),
          windows: z.number().int(),
          reason: gapReason,
        }),
      )
      .max(customersGapsMax),
    /** Older ones that are left out; the customer's own route has them all. */
    more: z.number().int(),
  }),
).extend({
  /** What was looked at. */
  from: z.string(),
  to: z.string(),
});
export type AllGapsAnswer = z.infer<typeof allGapsAnswer>;
