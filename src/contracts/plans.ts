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

const tiers = z.array(z.object({ from: z.string(), to: z.string().nullable(), unit_price: z.string() }));

/** A price in dollars, with the unit that it is for. Decimals are strings. */
export const planPrice = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('per_unit'), unit: z.string(), unit_price: z.string() }),
  z.object({ kind: z.literal('flat'), unit: z.string(), amount: z.string() }),
  z.object({ kind: z.literal('package'), unit: z.string(), size: z.string(), package_price: z.string() }),
  z.object({ kind: z.literal('graduated'), unit: z.string(), tiers }),
  z.object({ kind: z.literal('volume'), unit: z.string(), tiers }),
]);

/** What is included: so much for every hour of the period, so much in a period, or everything. */
export const planAllowance = z.union([
  z.object({ per_hour: z.string() }),
  z.object({ per_period: z.string() }),
  z.literal('unlimited'),
]);

export const planItem = z.object({
  plan: z.string(),
  version: z.string(),
  state: z.enum(['draft', 'sold', 'retired']),
  /** For people. */
  name: z.string(),
  order: z.number().int(),
  fee_cents: z.number().int(),
  interval: z.enum(['month', 'year']),
  /** For a year at once, where the interval is a month; null where that is not sold. */
  annual_fee_cents: z.number().int().nullable(),
  /** Whether whoever asks may choose it. */
  open: z.boolean(),
  features: z.record(z.string(), z.unknown()),
  limits: z.record(z.string(), z.unknown()),
  /** By the allowance's name; one that is not named includes nothing. */
  allowances: z.record(z.string(), planAllowance),
  /** By meter; one that is not named is not billed. */
  prices: z.record(z.string(), planPrice),
  /** Customers on the version, for admins only; null for others. */
  subscribers: z.number().int().nullable(),
  /** Null until prices are made at Stripe. */
  stripe_price_id: z.string().nullable(),
});

/** GET /api/plans: what is sold; for admins every version. */
export const planList = z.object({ items: z.array(planItem) });
