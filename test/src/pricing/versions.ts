/** Plan versions and stretches for tests of rating, which need no catalogue. */
import { Decimal } from '../../../src/lib/decimal.ts';
import type { Allowance } from '../../../src/pricing/plan.ts';
import type { Price } from '../../../src/pricing/price.ts';
import { type Rated, rate } from '../../../src/pricing/rate.ts';
import {
  noOverrides,
  type Overrides,
  type PeriodKind,
  type RatedPlan,
  type Stretch,
} from '../../../src/pricing/stretch.ts';

export const dayMs = 86_400_000;
export const hourMs = 3_600_000;
export const gb = 2 ** 30;
/** The start of a 30-day November. */
export const start = Date.parse('2026-11-01T00:00:00Z');

export const perUnit = (unitPrice: string): Price => ({ kind: 'per_unit', unitPrice });

export const version = (plan: string, more: Partial<RatedPlan> = {}): RatedPlan => ({
  plan,
  version: '1',
  name: plan.charAt(0).toUpperCase() + plan.slice(1),
  fee: '29',
  interval: 'month',
  allowances: {},
  prices: {},
  ownMeters: {},
  ...more,
});

const infrastructure = {
  cpu_core_ms: perUnit('0.05'),
  memory_mib_s: perUnit('0.01'),
  storage_mib_s: perUnit('0.20'),
  network_sent_bytes: perUnit('0.10'),
  network_received_bytes: perUnit('0.10'),
  ingress_requests: perUnit('0.0000005'),
  vm_s: perUnit('0.0'),
};
const application = {
  api_calls: perUnit('0.0005'),
  mqtt_bytes: perUnit('0.10'),
  http_bytes: perUnit('0.15'),
  device_peak: perUnit('2'),
  device_hours: perUnit('0'),
};

const infrastructureOf = (
  cores: string,
  gbs: string,
  networkGb: string,
  requests: string,
): Record<string, Allowance> => ({
  cpu_core_ms: { perHour: cores },
  memory_mib_s: { perHour: cores },
  storage_mib_s: { perPeriod: gbs },
  network_bytes: { perPeriod: networkGb },
  ingress_requests: { perPeriod: requests },
});
const applicationOf = (calls: string, trafficGb: string, devices: string): Record<string, Allowance> => ({
  api_calls: { perPeriod: calls },
  traffic_bytes: { perPeriod: trafficGb },
  device_peak: { perPeriod: devices },
});
const everything: Record<string, Allowance> = {
  cpu_core_ms: 'unlimited',
  memory_mib_s: 'unlimited',
  storage_mib_s: 'unlimited',
  network_bytes: 'unlimited',
  ingress_requests: 'unlimited',
  api_calls: 'unlimited',
  traffic_bytes: 'unlimited',
  device_peak: 'unlimited',
};

/** Small, middle and unlimited, of the infrastructure list. */
export const small = version('small', {
  prices: infrastructure,
  allowances: infrastructureOf('1', '10', '100', '1000000'),
});
export const middle = version('middle', {
  fee: '99',
  prices: infrastructure,
  allowances: infrastructureOf('4', '50', '500', '10000000'),
});
export const large = version('large', { fee: '299', prices: infrastructure, allowances: everything });
/** The same of the application list. */
export const smallApp = version('small', { prices: application, allowances: applicationOf('100000', '10', '10') });
export const middleApp = version('middle', {
  fee: '99',
  prices: application,
  allowances: applicationOf('1000000', '100', '50'),
});
export const largeApp = version('large', { fee: '299', prices: application, allowances: everything });

/** A stretch of November, days counted from 0. */
export const stretch = (
  plan: RatedPlan,
  fromDay: number,
  toDay: number,
  usage: Record<string, number> = {},
  overrides: Partial<Overrides> = {},
): Stretch => ({
  start: start + fromDay * dayMs,
  end: start + toDay * dayMs,
  plan,
  overrides: { ...noOverrides, ...overrides },
  usage: Object.fromEntries(Object.entries(usage).map(([meter, base]) => [meter, new Decimal(base)])),
});

/** Rates stretches that follow one another. */
export const rateOf = (stretches: readonly Stretch[], kind: PeriodKind = 'paid'): Rated =>
  rate({ period: { start: stretches[0]?.start ?? 0, end: stretches.at(-1)?.end ?? 0, kind }, stretches });

/** `[quantity, included, billable, cents]` of each line of a meter, as the wire shows quantities. */
export const linesOf = ({ lines }: Rated, meter: string) =>
  lines
    .filter((line) => line.meter === meter)
    .map((line) => [
      ...[line.quantity, line.included, line.billable].map((q) => q.toDecimalPlaces(9).toNumber()),
      line.amountCents,
    ]);
