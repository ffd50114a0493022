/** Which version of a plan is sold now; a subscriber stays on the version they bought until moved. */
import type { PlanName } from '../contracts/plans.ts';

const current: Record<PlanName, string> = { starter: '2026-11', professional: '2026-11', enterprise: '2026-11' };

/** The version that a new subscription gets. */
export const currentVersionOf = (plan: PlanName): string => current[plan];
