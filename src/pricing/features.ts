/** What a licence says that a plan lets an instance do (spec §3, plan table). `null` is unlimited. Pure. */
import type { SubscriptionStatus } from '../contracts/customers.ts';
import type { Entitlements, Monitoring, PlanVersion } from './plan.ts';

/** The part of a licence that its plan and status decide. */
export interface PlanFeatures {
  features: Entitlements;
  limits: Entitlements;
  monitoring: Monitoring;
}

/** Who has not paid yet. */
const unpaid: readonly SubscriptionStatus[] = ['trialing', 'incomplete'];

/** The features of a plan version under a subscription's status; they have the trial's limits until it is paid. */
export function featuresOf(version: PlanVersion, status: SubscriptionStatus): PlanFeatures {
  const { features, limits, monitoring, trial } = version;
  if (!unpaid.includes(status)) return { features, limits, monitoring };
  return { features: { ...features, ...trial.features }, limits: { ...limits, ...trial.limits }, monitoring };
}
