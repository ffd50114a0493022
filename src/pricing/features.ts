/** What a licence says that a plan lets an instance do (spec §3, plan table). `null` is unlimited. Pure. */
import type { SubscriptionStatus, SuspendedFor } from '../contracts/customers.ts';
import type { Entitlements, Monitoring, PlanVersion } from './plan.ts';

/** The part of a licence that its plan and status decide. */
export interface PlanFeatures {
  features: Entitlements;
  limits: Entitlements;
  monitoring: Monitoring;
}

/** A subscription's state, as far as it says whether anything was paid yet. */
interface State {
  status: SubscriptionStatus;
  suspendedFor: SuspendedFor | null;
}

/** Whether nothing was paid yet; a trial that is over was not paid either. */
const isUnpaid = ({ status, suspendedFor }: State): boolean =>
  status === 'trialing' || status === 'incomplete' || (status === 'suspended' && suspendedFor === 'trial_ended');

/** The features of a plan version under a subscription's state; they have the trial's limits until it is paid. */
export function featuresOf(version: PlanVersion, state: State): PlanFeatures {
  const { features, limits, monitoring, trial } = version;
  if (!isUnpaid(state)) return { features, limits, monitoring };
  return { features: { ...features, ...trial.features }, limits: { ...limits, ...trial.limits }, monitoring };
}
