/**
 * What a plan lets an instance do (spec §3, plan table; seed 004): the licence's features, limits and monitoring claim.
 * Owns no prices. `null` is unlimited. A trial has its plan's features with the trial's limits until it is paid.
 */
import type { SubscriptionStatus } from '../contracts/customers.ts';
import type { LicenceClaims } from '../contracts/licences.ts';
import type { PlanName } from '../contracts/plans.ts';

/** The part of a licence that its plan and status decide. */
export type PlanFeatures = Pick<LicenceClaims, 'features' | 'limits' | 'monitoring'>;

const everyPlan = {
  canExecuteJobs: true,
  hasRemoteAccess: true,
  canExportData: true,
  hasApiAccess: true,
  hasMqttAccess: true,
};
const sharedMonitoring = {
  dedicated: false,
  scrapeInterval: '30s',
  retention: '15d',
  storageSize: '10Gi',
  grafana: false,
};
const professionalLimits = { maxUsers: 15, maxAlertRules: 100, maxDashboards: 20, maxJobTemplates: 100 };
const unlimited = { maxUsers: null, maxAlertRules: null, maxDashboards: null, maxJobTemplates: null };

/** What Professional adds to Starter, and Enterprise to both. */
const additions = (advanced: boolean, branding: boolean) => ({
  canScheduleJobs: advanced,
  hasOtaUpdates: advanced,
  hasAdvancedAlerts: advanced,
  hasCustomDashboards: advanced,
  hasCustomBranding: branding,
});

const plans: Record<PlanName, PlanFeatures> = {
  starter: {
    features: { maxDevices: 10, dataRetentionDays: 30, ...everyPlan, ...additions(false, false) },
    limits: { maxUsers: 5, maxAlertRules: 10, maxDashboards: 5, maxJobTemplates: 10 },
    monitoring: sharedMonitoring,
  },
  professional: {
    features: { maxDevices: 50, dataRetentionDays: 365, ...everyPlan, ...additions(true, false) },
    limits: professionalLimits,
    monitoring: sharedMonitoring,
  },
  enterprise: {
    features: { maxDevices: null, dataRetentionDays: null, ...everyPlan, ...additions(true, true) },
    limits: unlimited,
    monitoring: { ...sharedMonitoring, dedicated: true, grafana: true },
  },
};

const trialDevicesMax = 10;
const trialUsersMax = 2;
const trialRetentionDays = 30;

/** The features of a plan under a subscription's status; `trialing` caps devices, users and retention. */
export function featuresOf(plan: PlanName, status: SubscriptionStatus): PlanFeatures {
  const full = plans[plan];
  if (status !== 'trialing') return full;
  return {
    features: { ...full.features, maxDevices: trialDevicesMax, dataRetentionDays: trialRetentionDays },
    limits: { ...full.limits, maxUsers: trialUsersMax },
    monitoring: full.monitoring,
  };
}
