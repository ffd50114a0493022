/** Plans by their slugs; which there are is data of the operator's (plans.yaml). */
import { z } from 'zod';

/** A plan's slug. */
export const planSlug = z
  .string()
  .regex(/^[a-z][a-z0-9-]{0,39}$/, 'must be a plan: lower-case letters, digits and -, at most 40');

/** A version of a plan. */
export const planVersionName = z
  .string()
  .regex(/^[a-zA-Z0-9][a-zA-Z0-9._-]{0,39}$/, 'must be a version: letters, digits, ., _ and -, at most 40');

/** GET /api/plans: what is sold. */
export const planList = z.object({
  items: z.array(
    z.object({
      plan: z.string(),
      version: z.string(),
      state: z.enum(['draft', 'sold', 'retired']),
      order: z.number().int(),
      fee_cents: z.number().int(),
      interval: z.enum(['month', 'year']),
      features: z.record(z.string(), z.unknown()),
      limits: z.record(z.string(), z.unknown()),
    }),
  ),
});
