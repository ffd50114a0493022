/** A catalogue that shares no plan name with the one that ships, and has two meters of the operator's own. JSON is YAML. */

const names = ['spark', 'ember', 'flame', 'blaze', 'beacon', 'star', 'nova'] as const;

/** What one of the plans is bought as. */
export const boughtPlan = 'blaze';
export const gpuHourDollars = '2.75';
export const seatDollars = '8';
export const seatsIncluded = '5';

/** Where the GPU meter comes from: nobody yet, or a real Prometheus. */
export const measuredSource = {
  series: 'gpu_seconds_total',
  kind: 'counter',
  match: { job: 'gpu-exporter' },
  namespace_label: 'tenant',
  scale: '1/3600',
};

const quota = {
  cpu: '2',
  memory: '2Gi',
  ephemeralStorage: '4Gi',
  storage: '20Gi',
  containerMax: { cpu: '1', memory: '1Gi', 'ephemeral-storage': '1Gi' },
  claimMax: '10Gi',
};

const planOf = (name: string, i: number) => ({
  name: name.toUpperCase(),
  order: String(i + 1),
  fee: String(10 * (i + 1)),
  list: 'metal',
  open: 'true',
  features: { maxDevices: '10', dataRetentionDays: '30', hasApiAccess: 'true' },
  limits: { maxUsers: '3' },
  monitoring: { dedicated: 'false', scrapeInterval: '30s', retention: '15d', storageSize: '10Gi', grafana: 'false' },
  allowances: { cpu_core_ms: { per_hour: '1' }, seats: { per_period: seatsIncluded } },
  chart: { timeout_factor: '1', quota },
});

/** The file's text, with the GPU meter's source. */
export const sevenPlans = (gpuSource: 'report' | typeof measuredSource): string =>
  JSON.stringify({
    currency: 'usd',
    version: '1',
    meters: {
      gpu_time: { field: 'custom_1', title: 'GPU time', unit: 'GPU-hour', adds_up: 'sum', source: gpuSource },
      seats: { field: 'custom_2', title: 'Seats', unit: 'seat', adds_up: 'level', source: 'report' },
    },
    lists: {
      metal: {
        cpu_core_ms: { per: 'core-hour', price: '0.05' },
        gpu_time: { per: 'GPU-hour', price: gpuHourDollars },
        seats: { per: 'seat', price: seatDollars },
      },
    },
    trial: { features: { maxDevices: '5' }, limits: {} },
    plans: Object.fromEntries(names.map((name, i) => [name, planOf(name, i)])),
  });
