/** How a namespace's exporter is run here: as the chart does, with a spool of its own under DATA_DIR/exporters. */
import { join } from 'node:path';
import { shifted } from '../clock/program.ts';
import { LOOPBACK } from '../data/http.ts';
import type { Program } from '../processes/supervised.ts';
import type { Namespace } from './namespaces.ts';

/** What any program on this machine needs. */
const OF_THE_MACHINE = ['PATH', 'HOME', 'USER', 'LANG', 'TZ', 'TMPDIR'];
/** What the caller may choose for the exporters, beside LOG_LEVEL. */
const CHOSEN = [
  'COLLECTION_INTERVAL',
  'SETTLE_DELAY',
  'ALLOW_SHORT_WINDOWS',
  'HTTP_METRICS',
  'METERS',
  'OPENCOST_URL',
  'ALLOW_PLAIN_HTTP',
];
/** How Prometheus is reached and read, and which of its targets are believed: all of them pass. */
const OF_PROMETHEUS =
  /^(?:PROMETHEUS_\w+|(?:CADVISOR|KUBELET|KUBE_STATE_METRICS|HTTP_METRICS|KUBEVIRT)_(?:JOB|NAMESPACE)|(?:MQTT|POSTGRES)_METRICS_JOB)$/;

type Env = Record<string, string | undefined>;

/** The exporters' variables that the caller has set. */
export const chosenIn = (env: Env): string[] =>
  Object.keys(env).filter((name) => env[name] && (CHOSEN.includes(name) || OF_PROMETHEUS.test(name)));

/** The image's own flags: twenty of them share one machine. */
const SMALL = [
  '--max-old-space-size=64',
  '--max-semi-space-size=1',
  '--liftoff-only',
  '--single-threaded',
  '--expose-gc',
];

/** As the chart's: the platform's own pods are not the customer's usage. */
const excludedPods = (release: string): string =>
  `^(${release}-customer-instance-(billing-exporter|mosquitto-exporter|opencost|prometheus|grafana)-.+|cm-acme-http-solver-.+)$`;

export type ExporterSettings = {
  /** Makes the file to run, when it is first needed. */
  entry: () => Promise<string>;
  dataDir: string;
  billingApiUrl: string;
  prometheusUrl: string;
  env: Env;
  /** How far the clock is ahead of the machine's. */
  offsetMs: number;
};

/** @param port of its health server */
export async function exporterProgram(
  settings: ExporterSettings,
  namespace: Namespace,
  port: number,
): Promise<Program> {
  const { env, dataDir } = settings;
  const passed = [...OF_THE_MACHINE, ...chosenIn(env)].flatMap((name) =>
    env[name] ? [[name, env[name]] as const] : [],
  );
  const shortId = namespace.name.replace(/^customer-/, '');
  const program = {
    name: `exporter ${namespace.name}`,
    args: [...SMALL, await settings.entry()],
    env: {
      ...Object.fromEntries(passed),
      LOG_LEVEL: env['LOG_LEVEL'] || 'warn',
      MALLOC_ARENA_MAX: '1',
      CUSTOMER_ID: namespace.customerId,
      INSTANCE_ID: `k8s-${shortId}`,
      NAMESPACE: namespace.name,
      API_KEY: namespace.apiKey,
      BILLING_API_URL: settings.billingApiUrl,
      PROMETHEUS_URL: settings.prometheusUrl,
      HOST_NETWORK: 'none',
      EXCLUDE_PODS: excludedPods(`c${shortId}`),
      SPOOL_DIR: join(dataDir, 'exporters', namespace.name),
      HEALTH_CHECK_HOST: LOOPBACK,
      HEALTH_CHECK_PORT: String(port),
    },
  };
  return shifted(program, settings.offsetMs);
}
