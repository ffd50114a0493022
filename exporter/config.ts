/**
 * The exporter's environment (variables.ts), read once. Everything wrong is told at once, one line per variable; a value
 * whose source does not exist is refused rather than ignored, because ignoring it is a wrong bill.
 */
import { customerId } from '../src/contracts/common.ts';
import { plainHttpFaults } from '../src/lib/base-url.ts';
import { namespaceOf, shortIdOf } from '../src/lib/ids.ts';
import { err, ok, type Result } from '../src/lib/result.ts';
import { hourMs, minuteMs } from '../src/lib/time.ts';
import { readVariables, type Secret, type ValuesOf } from '../src/lib/variables.ts';
import { jitterOf } from './jitter.ts';
import type { HttpSource } from './metering/catalogue.ts';
import type { MeterGroup } from './metering/series-meters.ts';
import type { TargetSettings } from './metering/trust.ts';
import { addressOf } from './prometheus/settings.ts';
import { clusterVariables, dryRunVariables, exporterVariables, interval, shortIntervalMs } from './variables.ts';

export interface Config {
  /** `cluster`: customer, instance and namespace are the API's to say, for each of many. */
  mode: 'namespace' | 'cluster';
  customerId: string;
  instanceId: string;
  namespace: string;
  prometheus: {
    url: string;
    matchers?: string;
    headers?: Readonly<Record<string, string>>;
    token?: Secret;
    basic?: { username: string; password: Secret };
    caFile?: string;
  };
  /** Which targets are believed, where the operator says so. */
  targets: TargetSettings;
  /** Null in a dry run that names none. */
  api: { url: string; key: Secret } | null;
  /** How often windows are computed and sent. */
  intervalMs: number;
  /** min(interval, 1 h). */
  windowMs: number;
  settleMs: number;
  /** How long after that this exporter begins: its own moment of half a minute, so that a fleet does not come at once. */
  jitterMs: number;
  /** A longer time without a good scrape makes a window incomplete. */
  gapLimitMs: number;
  backfillFromMs: number | null;
  http: HttpSource;
  hostNetwork: 'detect' | 'none';
  /** Groups of meters that are measured beside the basic ones. */
  meters: MeterGroup[];
  excludePods: string | undefined;
  /** Where OpenCost tells what the namespace costs the operator; undefined: nobody does. */
  openCostUrl: string | undefined;
  spoolDir: string;
  /** Where the health server listens; undefined: on every interface, as a probe needs it. */
  host: string | undefined;
  port: number;
  logLevel: string;
}

export type Env = Record<string, string | undefined>;
/** What a variable need not be in one of the modes is not always there. */
type AnyVariables = Omit<typeof dryRunVariables, 'CUSTOMER_ID'> & Pick<typeof clusterVariables, 'CUSTOMER_ID'>;
type Values = ValuesOf<AnyVariables>;

const gapLimitMs = 5 * minuteMs;

/** @param dryRun past windows are only printed: needs neither API nor key, and takes a customer who is not there yet */
export function readConfig(env: Env, dryRun: boolean): Result<Config, string[]> {
  if (dryRun && env['MODE'] === 'cluster') return err(['a dry run is of one namespace: leave MODE out']);
  const table: AnyVariables = dryRun
    ? dryRunVariables
    : env['MODE'] === 'cluster'
      ? clusterVariables
      : exporterVariables;
  const read = readVariables(table, env, faultsOf);
  return read.ok ? ok(toConfig(read.value)) : read;
}

function toConfig(values: Values): Config {
  const windowMs = Math.min(values.COLLECTION_INTERVAL, hourMs);
  const { BILLING_API_URL: url, API_KEY: key } = values;
  return {
    customerId: values.CUSTOMER_ID ?? '',
    instanceId: values.INSTANCE_ID,
    namespace: values.NAMESPACE ?? (values.CUSTOMER_ID === undefined ? '' : (ownNamespace(values.CUSTOMER_ID) ?? '')),
    prometheus: toPrometheus(values),
    targets: toTargets(values),
    api: url !== undefined && key !== undefined ? { url, key } : null,
    intervalMs: values.COLLECTION_INTERVAL,
    windowMs,
    settleMs: values.SETTLE_DELAY,
    jitterMs: jitterOf(
      `${values.CUSTOMER_ID ?? ''} ${values.INSTANCE_ID} ${values.NAMESPACE ?? ''}`,
      values.COLLECTION_INTERVAL,
    ),
    mode: values.MODE,
    gapLimitMs: Math.min(gapLimitMs, windowMs / 2),
    backfillFromMs: values.BACKFILL_FROM ?? null,
    http: values.HTTP_METRICS,
    hostNetwork: values.HOST_NETWORK,
    meters: [...new Set(values.METERS)],
    excludePods: values.EXCLUDE_PODS,
    openCostUrl: values.OPENCOST_URL,
    spoolDir: values.SPOOL_DIR,
    host: values.HEALTH_CHECK_HOST,
    port: values.HEALTH_CHECK_PORT,
    logLevel: values.LOG_LEVEL,
  };
}

function toPrometheus(values: Values): Config['prometheus'] {
  const { PROMETHEUS_TOKEN: token, PROMETHEUS_USERNAME: username, PROMETHEUS_PASSWORD: password } = values;
  const { PROMETHEUS_CA_FILE: caFile, PROMETHEUS_MATCHERS: matchers, PROMETHEUS_HEADERS: headers } = values;
  const { url, basic } = addressOf(values.PROMETHEUS_URL);
  const given = username !== undefined && password ? { username, password } : basic;
  return {
    url,
    ...(matchers === undefined ? {} : { matchers }),
    ...(headers === undefined ? {} : { headers }),
    ...(token ? { token } : {}),
    ...(given ? { basic: given } : {}),
    ...(caFile === undefined ? {} : { caFile }),
  };
}

function toTargets(values: Values): TargetSettings {
  const http = { job: values.HTTP_METRICS_JOB, namespace: values.HTTP_METRICS_NAMESPACE };
  return {
    cadvisor: { job: values.CADVISOR_JOB, namespace: values.CADVISOR_NAMESPACE },
    kubelet: { job: values.KUBELET_JOB, namespace: values.KUBELET_NAMESPACE },
    podlist: { job: values.KUBE_STATE_METRICS_JOB, namespace: values.KUBE_STATE_METRICS_NAMESPACE },
    mosquitto: { job: values.MQTT_METRICS_JOB, namespace: undefined },
    postgres: { job: values.POSTGRES_METRICS_JOB, namespace: undefined },
    kubevirt: { job: values.KUBEVIRT_JOB, namespace: values.KUBEVIRT_NAMESPACE },
    ...(values.HTTP_METRICS === 'none' ? {} : { [values.HTTP_METRICS]: http }),
  };
}

/** A customer's own namespace; undefined for a dry run's customer of another form. */
const ownNamespace = (customer: string): string | undefined =>
  customerId.safeParse(customer).success ? namespaceOf(shortIdOf(customer)) : undefined;

const own = /^customer-[0-9a-f]{8}$/;

/** What the variables must agree on. */
function faultsOf(found: Partial<Values>): string[] {
  const { CUSTOMER_ID: customer, NAMESPACE: given, PROMETHEUS_TOKEN: token, PROMETHEUS_USERNAME: username } = found;
  const address = found.PROMETHEUS_URL === undefined ? undefined : addressOf(found.PROMETHEUS_URL);
  // A password in the URL is one that it carries.
  const carried = address?.basic ? { ...found, PROMETHEUS_URL_PASSWORD: address.basic } : found;
  const faults = plainHttpFaults(carried, {
    PROMETHEUS_URL: ['PROMETHEUS_TOKEN', 'PROMETHEUS_PASSWORD', 'PROMETHEUS_URL_PASSWORD'],
    BILLING_API_URL: ['API_KEY'],
  });
  const namespace = given ?? (customer === undefined ? undefined : ownNamespace(customer));
  if (customer !== undefined && namespace === undefined && 'NAMESPACE' in found) faults.push('NAMESPACE is required');
  if (found.COLLECTION_INTERVAL === shortIntervalMs && found.ALLOW_SHORT_WINDOWS === false) {
    faults.push(`COLLECTION_INTERVAL must be ${interval.words}; 60000 needs ALLOW_SHORT_WINDOWS=true`);
  }
  if (token && username) faults.push('PROMETHEUS_TOKEN and PROMETHEUS_USERNAME are set: only one may be');
  if (address?.basic && (token || username)) {
    faults.push('PROMETHEUS_URL has a user, and PROMETHEUS_TOKEN or PROMETHEUS_USERNAME is set: only one may be');
  }
  if (Boolean(username) !== Boolean(found.PROMETHEUS_PASSWORD)) {
    faults.push('PROMETHEUS_USERNAME and PROMETHEUS_PASSWORD go together');
  }
  if (
    found.MODE === 'cluster' &&
    (customer !== undefined || given !== undefined || found.BACKFILL_FROM !== undefined)
  ) {
    faults.push(
      'CUSTOMER_ID, NAMESPACE and BACKFILL_FROM are for MODE=namespace: with MODE=cluster the API says whose namespaces there are',
    );
  }
  // Traefik names a service namespace-service-port: "shop" would also get what belongs to "shop-eu".
  if (found.HTTP_METRICS === 'traefik' && found.MODE !== 'cluster' && namespace !== undefined && !own.test(namespace)) {
    faults.push('HTTP_METRICS=traefik works for namespaces named customer-{short id} only: use nginx, istio or none');
  }
  return faults;
}
