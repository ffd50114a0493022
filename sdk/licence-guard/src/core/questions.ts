/** What a standing says of one feature or limit. Pure; names that it does not know are answered too. */
import type { Entitlement } from './claims.ts';
import type { Standing } from './standing.ts';

function entitlementOf({ limits, features }: Standing, name: string): Entitlement | undefined {
  const holder = [limits, features].find((entitlements) => Object.hasOwn(entitlements, name));
  return holder?.[name];
}

/** Whether the days without a licence are over. */
export const isOver = ({ unlicensedUntil }: Standing, now: number): boolean =>
  unlicensedUntil !== null && unlicensedUntil <= now;

/** Whether a feature is on: `true`, unlimited, or a number above 0. One that nothing names is off. */
export function featureOf(standing: Standing, name: string): boolean {
  const value = entitlementOf(standing, name);
  return value === true || value === null || (typeof value === 'number' && value > 0);
}

/**
 * How many are allowed, Infinity when there is no limit. A limit that the licence does not name is none, as at the API;
 * when the days without a licence are over, every limit is 0.
 */
export function limitOf(standing: Standing, name: string, now: number): number {
  if (isOver(standing, now)) return 0;
  const value = entitlementOf(standing, name);
  if (typeof value === 'number') return value;
  return value === false ? 0 : Number.POSITIVE_INFINITY;
}
