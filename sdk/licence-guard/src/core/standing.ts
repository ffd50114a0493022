/** What an instance may do at a moment, from what it holds. Pure: the same holding and moment give the same standing. */
import { type Fault, judge, type SignedLicence } from '../verify.ts';
import type { Entitlement, LicenceClaims } from './claims.ts';
import type { Revocations } from './revocations.ts';
import { unlicensedFeatures, unlicensedPlan, unlicensedUntil } from './unlicensed.ts';

const secondMs = 1000;

/** What was found good by its signature, and since when the instance runs (ms). */
export interface Held {
  licence: SignedLicence | null;
  /** Why the last licence that was offered is none, while none is held. */
  fault: Fault | null;
  revocations: Revocations | null;
  firstStartedAt: number;
}

export interface Standing {
  mode: 'licensed' | 'unlicensed';
  /** `valid`, or why the instance has no licence that counts. */
  code: 'valid' | 'no_licence' | Fault;
  /** The plan's name, `unlicensed` without a licence that counts. */
  plan: string;
  features: Readonly<Record<string, Entitlement>>;
  limits: Readonly<Record<string, Entitlement>>;
  /** The licence that is held, also when it no longer counts. */
  licence: LicenceClaims | null;
  /** When the days without a licence are over (ms), null while there is one. */
  unlicensedUntil: number | null;
  /** No list of revocations is held that is of today: a licence may have been revoked without this instance knowing. */
  stale: boolean;
}

/**
 * The moment that counts (ms): a clock that is behind a time which Tenantry has signed is wrong by at least that much.
 */
export const momentOf = ({ licence, revocations }: Held, clockMs: number): number =>
  Math.max(clockMs, (licence?.claims.iat ?? 0) * secondMs, (revocations?.iat ?? 0) * secondMs);

const staleAt = ({ revocations }: Held, now: number): boolean =>
  revocations === null || revocations.exp * secondMs <= now;

export function codeOf({ licence, fault, revocations }: Held, customerId: string, now: number): Standing['code'] {
  if (licence === null) return fault ?? 'no_licence';
  return judge(licence, customerId, now, revocations);
}

/** What the instance may do at `now` (ms, by `momentOf`). */
export function standingAt(held: Held, customerId: string, now: number): Standing {
  const code = codeOf(held, customerId, now);
  const claims = held.licence?.claims ?? null;
  const common = { code, licence: claims, stale: staleAt(held, now) };
  if (code === 'valid' && claims) {
    const { plan, features, limits } = claims;
    return { ...common, mode: 'licensed', plan, features, limits, unlicensedUntil: null };
  }
  return {
    ...common,
    mode: 'unlicensed',
    plan: unlicensedPlan,
    features: unlicensedFeatures(held.firstStartedAt, now),
    limits: {},
    unlicensedUntil: unlicensedUntil(held.firstStartedAt),
  };
}

/** The next moment (ms) at which time alone changes the standing; Infinity when none does. */
export function changesAt({ licence, revocations, firstStartedAt }: Held, now: number): number {
  const moments = [
    (licence?.claims.exp ?? 0) * secondMs,
    (revocations?.exp ?? 0) * secondMs,
    unlicensedUntil(firstStartedAt),
  ];
  return Math.min(...moments.filter((moment) => moment > now), Number.POSITIVE_INFINITY);
}
