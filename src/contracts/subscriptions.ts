/** A customer's subscription on the wire: what it is, and what its people and operators change about it. */
import { z } from 'zod';
import { customerId, instant, lineText } from './common.ts';
import { costLine } from './cost.ts';
import { subscriptionStatus, suspendedFor } from './customers.ts';
import { planSlug } from './plans.ts';

/** How often the price is paid; usage is by the month whatever it is. */
const interval = z.enum(['month', 'year']);

export const subscriptionView = z.object({
  customer_id: customerId,
  plan: z.string(),
  plan_version: z.string(),
  interval,
  status: subscriptionStatus,
  suspended_for: suspendedFor.nullable(),
  trial_ends_at: z.string().nullable(),
  current_period: z.object({ start: z.string(), end: z.string() }),
  /** When it ends, where it is cancelled. */
  cancel_at: z.string().nullable(),
  /** A change that comes with the end of the period. */
  scheduled: z.object({ plan: z.string(), interval, effective_at: z.string() }).nullable(),
  /** When a payment that has failed stops the stack. */
  grace_ends_at: z.string().nullable(),
  collection: z.enum(['none', 'card', 'invoice']),
  /** Null while none runs at Stripe. */
  stripe_subscription_id: z.string().nullable(),
});
export type SubscriptionView = z.infer<typeof subscriptionView>;

/** GET /api/subscriptions/:customerId, POST …/cancel and …/resume. */
export const subscriptionAnswer = z.object({ success: z.literal(true), subscription: subscriptionView });

/** Where Stripe's pages lead back to; Stripe fills in `{CHECKOUT_SESSION_ID}`. */
const returnUrl = z.string().min(1).max(2000);

/** POST …/checkout. */
export const checkoutBody = z.strictObject({
  customer_id: customerId,
  plan: planSlug,
  interval: interval.default('month'),
  success_url: returnUrl,
  cancel_url: returnUrl,
  /** A code that is given already; without one it may be typed in on the page. */
  promotion_code: lineText(100).optional(),
});
export const checkoutAnswer = z.object({
  success: z.literal(true),
  session_id: z.string(),
  checkout_url: z.string(),
  expires_at: z.string(),
});

/** POST …/preview. Without an interval the one that it has. */
export const previewBody = z.strictObject({
  customer_id: customerId,
  new_plan: planSlug,
  interval: interval.optional(),
});

/** Whether a change comes at once, or with the end of the period. */
const effective = z.enum(['now', 'period_end']);

/** `lines` is what the period costs so far after the change; `overage_…` is what of it, before and after, is beyond the plan's fee. */
export const previewAnswer = z.object({
  success: z.literal(true),
  effective,
  effective_at: z.string(),
  /** Said again in an upgrade it makes the upgrade cost what is shown here, until `valid_until`. */
  proration_date: z.string(),
  due_now_cents: z.number().int(),
  stripe_lines: z.array(
    z.object({
      description: z.string(),
      amount_cents: z.number().int(),
      start: z.string(),
      end: z.string(),
      proration: z.boolean(),
    }),
  ),
  lines: z.array(costLine),
  overage_before_cents: z.number().int(),
  overage_after_cents: z.number().int(),
  valid_until: z.string(),
});

/** POST …/upgrade. */
export const upgradeBody = z.strictObject({
  customer_id: customerId,
  new_plan: planSlug,
  interval: interval.optional(),
  /** As a preview has said it. */
  proration_date: instant.optional(),
});
export const upgradeAnswer = z.object({
  success: z.literal(true),
  subscription: subscriptionView,
  effective,
  /** What was asked for at once; null where nothing was. */
  invoice: z.object({ invoice_id: z.string(), amount_due_cents: z.number().int() }).nullable(),
});

/** POST …/cancel. */
export const cancelBody = z.strictObject({
  customer_id: customerId,
  immediately: z.boolean().default(false),
  reason: lineText(500).optional(),
});
/** POST …/resume. */
export const resumeBody = z.strictObject({ customer_id: customerId });

/** POST …/portal. */
export const portalBody = z.strictObject({ customer_id: customerId, return_url: returnUrl });
export const portalAnswer = z.object({ success: z.literal(true), portal_url: z.string() });
