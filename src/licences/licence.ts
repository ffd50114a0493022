/** What a licence says: claims from plan, status and period (spec §5, seed 004's payload). Pure. */
import type { SubscriptionStatus } from '../contracts/customers.ts';
import type { LicenceClaims } from '../contracts/licences.ts';
import { dayMs, iso, secondMs } from '../lib/time.ts';
import type { PlanFeatures } from '../pricing/features.ts';

/** The audience of every licence; instances refuse tokens for anybody else. */
export const licenceAudience = 'tenantry-instance';

/** An instance keeps working this long after its paid period, so that a late renewal stops nobody. */
const graceMs = 14 * dayMs;

export interface LicenceSubject {
  customerId: string;
  companyName: string;
  plan: string;
  status: SubscriptionStatus;
  trialEndsAt: number | null;
  periodEndsAt: number;
  features: PlanFeatures;
}

/**
 * What a licence that is issued anew says of the end of what is paid for, ms: of who pays by the year it is the year's, which the
 * last licence has, and not the month's of usage (decision 9).
 */
export function licensedUntil(interval: 'month' | 'year', last: LicenceClaims | null, periodEndsAt: number): number {
  if (interval === 'month' || last === null) return periodEndsAt;
  return Math.max(periodEndsAt, Date.parse(last.subscription.currentPeriodEndsAt));
}

/** The claims of a new licence. `issuer` is the API's public URL; `now` in ms, the claims in seconds (RFC 7519). */
export function claimsOf(subject: LicenceSubject, issuer: string, jti: string, now: number): LicenceClaims {
  const trial = subject.status === 'trialing';
  const issuedAt = Math.floor(now / secondMs);
  const expiresAt = Math.floor((subject.periodEndsAt + graceMs) / secondMs);
  return {
    iss: issuer,
    aud: licenceAudience,
    sub: subject.customerId,
    iat: issuedAt,
    exp: expiresAt,
    jti,
    customerId: subject.customerId,
    customerName: subject.companyName,
    plan: subject.plan,
    ...subject.features,
    trial: {
      isTrialMode: trial,
      ...(trial && subject.trialEndsAt !== null ? { expiresAt: iso(subject.trialEndsAt) } : {}),
    },
    subscription: { status: subject.status, currentPeriodEndsAt: iso(subject.periodEndsAt) },
    issuedAt,
    expiresAt,
  };
}
