/** What an instance may do without a licence that counts: a table, for seven days from its first start. Pure. */
import type { Entitlement } from './claims.ts';

/** The plan that an instance without a licence is said to have. */
export const unlicensedPlan = 'unlicensed';

export const unlicensedDays = 7;
const unlicensedMs = unlicensedDays * 86_400_000;

/** Features that are not here are off, limits that are not here are none. */
const features: Record<string, Entitlement> = {
  maxDevices: 2,
  canExecuteJobs: true,
  canScheduleJobs: false,
  hasRemoteAccess: true,
  hasOtaUpdates: false,
  canExportData: false,
};

const nothing = Object.fromEntries(
  Object.entries(features).map(([name, value]) => [name, typeof value === 'number' ? 0 : false]),
);

/** When the days without a licence are over, ms. */
export const unlicensedUntil = (firstStartedAt: number): number => firstStartedAt + unlicensedMs;

/** What is allowed at a moment, ms. */
export const unlicensedFeatures = (firstStartedAt: number, now: number): Record<string, Entitlement> =>
  now < unlicensedUntil(firstStartedAt) ? features : nothing;
