/** When a subscription may go over to another price: a higher plan at once, what is lower or of another price list with the period. Pure. */

/** A plan as it is paid for. */
export interface PaidPlan {
  plan: string;
  order: number;
  /** The name of its price list: a change of list comes at period ends only, so that no byte is billed twice. */
  list: string;
  interval: 'month' | 'year';
}

export type Effective = 'now' | 'period_end';

/** Null where it is the same already. */
export function effectiveOf(from: PaidPlan, to: PaidPlan): Effective | null {
  if (from.plan === to.plan && from.interval === to.interval) return null;
  if (from.list !== to.list || (from.interval === 'year' && to.interval === 'month')) return 'period_end';
  if (from.plan === to.plan) return 'now';
  return to.order > from.order ? 'now' : 'period_end';
}

/**
 * How long before a migration takes effect its price is put at Stripe, ms: Stripe makes the renewal's invoice at that instant, of the price
 * that it has by then. Thousands of them fit in, and an hour without Stripe.
 */
export const priceLeadMs = 12 * 3_600_000;

/** How long a preview's price stands, ms. */
const previewMs = 15 * 60_000;

export const validUntil = (prorationAt: number): number => prorationAt + previewMs;

/** Whether a preview of that moment still stands; one of before the period, or of the future, never did. */
export const previewStands = (prorationAt: number, { start, now }: { start: number; now: number }): boolean =>
  prorationAt >= start && prorationAt <= now && now < validUntil(prorationAt);

/** Checkout keeps the free days where this much of them is left (decision 1). */
const trialMsMin = 48 * 3_600_000;
const secondMs = 1000;

/** The end of the free days that a checkout keeps, ms; null where too few are left. Stripe counts in whole seconds. */
export function keptTrialEnd(trialEndsAt: number | null, now: number): number | null {
  if (trialEndsAt === null) return null;
  const end = Math.floor(trialEndsAt / secondMs) * secondMs;
  return end - Math.ceil(now / secondMs) * secondMs >= trialMsMin ? end : null;
}
