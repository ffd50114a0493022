/**
 * The plans' prices and allowances as versioned data (spec §3). A subscriber stays on the version they bought, so a
 * version is never changed once sold: add one. Checked when the module is loaded.
 */
import type { PlanName } from '../contracts/plans.ts';
import { ratedMeters } from './meters.ts';
import type { Allowance } from './plan.ts';
import { faultOf, type Price } from './price.ts';
import type { RatedPlan } from './stretch.ts';

const perUnit = (unitPrice: string): Price => ({ kind: 'per_unit', unitPrice });

/** Prices per unit of src/pricing/meters.ts. A version uses one list, so that no byte is billed twice. */
const infrastructurePrices: Readonly<Record<string, Price>> = {
  cpu_core_ms: perUnit('0.05'),
  memory_mib_s: perUnit('0.01'),
  storage_mib_s: perUnit('0.20'),
  network_sent_bytes: perUnit('0.10'),
  network_received_bytes: perUnit('0.10'),
  ingress_requests: perUnit('0.0000005'),
  vm_s: perUnit('0'),
  ip_s: perUnit('0'),
};

const applicationPrices: Readonly<Record<string, Price>> = {
  api_calls: perUnit('0.0005'),
  mqtt_bytes: perUnit('0.10'),
  http_bytes: perUnit('0.15'),
  postgres_mib_s: perUnit('0.20'),
  device_peak: perUnit('2'),
  device_hours: perUnit('0'),
};

const limited = (vcpu: string, memoryGb: string, storageGb: string, networkGb: string, requests: string) => ({
  cpu_core_ms: { perHour: vcpu },
  memory_mib_s: { perHour: memoryGb },
  storage_mib_s: { perPeriod: storageGb },
  network_bytes: { perPeriod: networkGb },
  ingress_requests: { perPeriod: requests },
});

const limitedApplication = (calls: string, trafficGb: string, storageGb: string, devices: string) => ({
  api_calls: { perPeriod: calls },
  traffic_bytes: { perPeriod: trafficGb },
  postgres_mib_s: { perPeriod: storageGb },
  device_peak: { perPeriod: devices },
});

const everything: Record<string, Allowance> = Object.fromEntries(
  [...ratedMeters.values()].map((m) => [m.allowance, 'unlimited']),
);

const infrastructureVersion = '2026-11';
const applicationVersion = '2026-11-application';

const both = (
  plan: PlanName,
  name: string,
  fee: string,
  infrastructure: Record<string, Allowance>,
  application: Record<string, Allowance>,
): RatedPlan[] => {
  const common = { plan, name, fee, interval: 'month', ownMeters: {} } as const;
  return [
    { ...common, version: infrastructureVersion, allowances: infrastructure, prices: infrastructurePrices },
    { ...common, version: applicationVersion, allowances: application, prices: applicationPrices },
  ];
};

/** Says what is wrong with a version, null when it can be sold. */
export function versionFault(version: RatedPlan): string | null {
  for (const [meter, price] of Object.entries(version.prices)) {
    if (!ratedMeters.has(meter)) return `${version.plan} ${version.version}: ${meter} is not a rated meter`;
    const fault = faultOf(price);
    if (fault) return `${version.plan} ${version.version}: ${meter}: ${fault}`;
  }
  return null;
}

const catalogue: readonly RatedPlan[] = [
  ...both(
    'starter',
    'Starter',
    '29',
    limited('1', '2', '10', '100', '1000000'),
    limitedApplication('100000', '10', '10', '10'),
  ),
  ...both(
    'professional',
    'Professional',
    '99',
    limited('4', '8', '50', '500', '10000000'),
    limitedApplication('1000000', '100', '50', '50'),
  ),
  ...both('enterprise', 'Enterprise', '299', everything, everything),
];

for (const version of catalogue) {
  const fault = versionFault(version);
  if (fault) throw new Error(`the price catalogue is broken: ${fault}`);
}

/** A version that was sold; asking for one that never was is a broken invariant. */
export function planVersionOf(plan: string, version: string): RatedPlan {
  const found = catalogue.find((v) => v.plan === plan && v.version === version);
  if (!found) throw new Error(`plan ${plan} has no version ${version}`);
  return found;
}
