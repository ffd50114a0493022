/** GET and PUT /api/customers/:id/overrides: what was agreed with a customer, from when on and for which plan. */
import { z } from 'zod';
import { exactDecimal } from '../lib/decimal.ts';
import { instant } from './common.ts';

const decimalWords =
  'must be a decimal of at most 12 places, not negative, e.g. "0.05"; as a number only if that says it exactly';

/** A decimal as text, or as a number that is exact as one: `0.1 + 0.2` is none. */
const decimal = z.union([z.string(), z.number()], decimalWords).transform((given, ctx) => {
  const exact = exactDecimal(given);
  if (exact !== null) return exact;
  ctx.addIssue({ code: 'custom', message: decimalWords });
  return z.NEVER;
});

/**
 * Values by name. A name that JavaScript keeps for itself would be dropped by the record without a word, and what it was
 * meant to say with it.
 */
const named = <T extends z.ZodType>(value: T) =>
  z.preprocess(
    (given, ctx) => {
      if (typeof given === 'object' && given !== null && Object.hasOwn(given, '__proto__')) {
        ctx.addIssue({ code: 'custom', path: ['__proto__'], message: 'is not an allowance or a meter that is rated' });
      }
      return given;
    },
    z.record(z.string(), value),
  );

/** What is not named is the plan's: the body replaces what was agreed before, from `effective_at` (default: now) on. */
export const overridesBody = z.strictObject({
  allowances: named(decimal.nullable()).default({}),
  prices: named(decimal).default({}),
  effective_at: instant.optional(),
  until_plan_change: z.boolean().default(true),
});
export type OverridesBody = z.output<typeof overridesBody>;

const values = {
  allowances: z.record(z.string(), z.string().nullable()),
  prices: z.record(z.string(), z.string()),
};

const agreement = z.object({
  ...values,
  effective_at: z.string(),
  until_plan_change: z.boolean(),
  /** The plan that it was agreed for. */
  plan: z.string(),
});

/** What is in force (of a PUT: what was put), what of it changes nothing, and everything that was agreed, newest first. */
export const overridesAnswer = z.object({
  success: z.literal(true),
  ...values,
  effective_at: z.string().nullable(),
  until_plan_change: z.boolean().nullable(),
  plan: z.string().nullable(),
  no_effect: z.array(z.object({ name: z.string(), since: z.string(), reason: z.string() })),
  agreed: z.array(agreement),
});
export type OverridesAnswer = z.infer<typeof overridesAnswer>;

/** With `?preview=true` also what the running period costs so far, before and after. */
export const agreedAnswer = overridesAnswer.extend({
  money: z
    .object({
      period: z.object({ start: z.string(), end: z.string() }),
      before_cents: z.number().int(),
      after_cents: z.number().int(),
    })
    .nullable(),
});
