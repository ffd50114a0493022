import { describe, expect, it } from 'vitest';
import type { SubscriptionStatus, SuspendedFor } from '../../../src/contracts/customers.ts';
import { featuresOf } from '../../../src/pricing/features.ts';
import { shippedPlan } from '../../harness/worker/plans.ts';

const stateOf = (status: SubscriptionStatus, suspendedFor: SuspendedFor | null = null) => ({ status, suspendedFor });

describe('features of a plan', () => {
  it('gives each plan the figures of the price list', () => {
    expect(featuresOf(shippedPlan('starter'), stateOf('active'))).toMatchObject({
      features: { maxDevices: 10, dataRetentionDays: 30, canScheduleJobs: false, hasMqttAccess: true },
      limits: { maxUsers: 5, maxAlertRules: 10, maxDashboards: 5, maxJobTemplates: 10 },
      monitoring: { dedicated: false, grafana: false },
    });
    expect(featuresOf(shippedPlan('professional'), stateOf('active'))).toMatchObject({
      features: { maxDevices: 50, dataRetentionDays: 365, hasOtaUpdates: true, hasCustomBranding: false },
      limits: { maxUsers: 15, maxAlertRules: 100, maxDashboards: 20, maxJobTemplates: 100 },
    });
    expect(featuresOf(shippedPlan('enterprise'), stateOf('active'))).toMatchObject({
      features: { maxDevices: null, dataRetentionDays: null, hasCustomBranding: true },
      limits: { maxUsers: null, maxDashboards: null },
      monitoring: { dedicated: true, scrapeInterval: '30s', grafana: true },
    });
  });

  it('keeps the features of the chosen plan in a trial but caps devices, users and retention', () => {
    const trial = featuresOf(shippedPlan('enterprise'), stateOf('trialing'));
    expect(trial.features).toMatchObject({ maxDevices: 10, dataRetentionDays: 30, hasCustomBranding: true });
    expect(trial.limits).toMatchObject({ maxUsers: 2, maxDashboards: null });
    expect(featuresOf(shippedPlan('enterprise'), stateOf('incomplete'))).toEqual(trial);
  });

  it('keeps the caps when the trial is over, until something is paid', () => {
    const enterprise = shippedPlan('enterprise');
    const capped = featuresOf(enterprise, stateOf('trialing'));
    expect(featuresOf(enterprise, stateOf('suspended', 'trial_ended'))).toEqual(capped);
    expect(featuresOf(enterprise, stateOf('suspended', 'unpaid'))).toEqual(featuresOf(enterprise, stateOf('active')));
  });
});
