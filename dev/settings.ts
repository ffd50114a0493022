/**
 * The platform's own configuration: environment and flags, read once. Variables of the Worker, the provisioner and the
 * exporters only pass through; those programs check them (worker/environment.ts, provisioner.ts, metering/exporter.ts).
 */
import { isAbsolute, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { plainHttpFaults, plainHttpMeaning } from '../src/lib/base-url.ts';
import { boolean, byDefault, choice, integer, optional, readVariables, text, url } from '../src/lib/variables.ts';
import { type Arguments, readArguments } from './arguments.ts';
import { PlatformError, UsageError } from './problem.ts';

const PORT_MAX = 65_535;
const EXPORTERS_MAX = 20;
const projectRoot = fileURLToPath(new URL('..', import.meta.url));

type Env = Record<string, string | undefined>;

export const platformVariables = {
  PORT: byDefault('8787', integer(0, PORT_MAX), "the API's port; 0 picks a free one"),
  DATA_DIR: byDefault('.data', text(), 'where everything is kept'),
  WORKER_CONFIG: byDefault('wrangler.toml', text(), "the Worker's description"),
  PROVISIONER_PROGRAM: byDefault('provisioner/main.ts', text(), "the provisioner's entry; off starts none"),
  EXPORTERS: byDefault(String(EXPORTERS_MAX), integer(0, EXPORTERS_MAX), 'exporters at once; 0 starts none'),
  INSTANCE: byDefault('on', choice(['on', 'off']), "the first customer's example instance; off starts none"),
  PAGES: byDefault('build', choice(['build', 'off']), 'off builds none; those that are there are served'),
  PROMETHEUS_URL: optional(url, "a Prometheus of your own, in the simulated one's place"),
  STRIPE_API_BASE: optional(url, "where Stripe is; without it the stand-in, or Stripe's own for a key of yours"),
  ALLOW_PLAIN_HTTP: byDefault('false', boolean, plainHttpMeaning),
};

/** Whose credentials would go to which URL; the programs that send them check once more. */
const carried: Readonly<Record<string, readonly string[]>> = {
  PROMETHEUS_URL: ['PROMETHEUS_TOKEN', 'PROMETHEUS_TOKEN_FILE', 'PROMETHEUS_PASSWORD', 'PROMETHEUS_PASSWORD_FILE'],
  STRIPE_API_BASE: ['STRIPE_SECRET_KEY'],
};

export type Settings = Arguments & {
  port: number;
  dataDir: string;
  /** The Worker's description, a wrangler.toml. */
  workerConfig: string;
  /** The provisioner's entry, or null to start none. */
  provisioner: string | null;
  /** How many exporters may run over the simulated cluster. */
  exporters: number;
  /** Whether the first customer of the simulated cluster has an example instance. */
  instance: boolean;
  /** Why the clock may not show another time than the machine's; null: it may. */
  realTimeBecause: string | null;
  /** Whether pages that are missing or stale are built in the background. */
  buildsPages: boolean;
};

/**
 * Reads environment and arguments; relative programs are the project's. Throws PlatformError, a line a fault;
 * UsageError when an argument is among them.
 */
export function readSettings(env: Env, args: string[]): Settings {
  const given = Object.fromEntries(Object.entries(env).filter(([, value]) => value !== undefined && value !== ''));
  const read = readVariables(platformVariables, given, (found) => plainHttpFaults({ ...given, ...found }, carried));
  const asked = readArguments(args, given, Date.now());
  const ofVariables = read.ok ? [] : read.error;
  if (!asked.ok) throw new UsageError([...asked.error, ...ofVariables].join('\n'));
  if (!read.ok) throw new PlatformError(ofVariables.join('\n'));
  const ofProject = (path: string) => (isAbsolute(path) ? path : join(projectRoot, path));
  const { PORT, DATA_DIR, WORKER_CONFIG, PROVISIONER_PROGRAM, EXPORTERS, INSTANCE, PAGES } = read.value;
  return {
    ...asked.value,
    port: PORT,
    dataDir: resolve(DATA_DIR),
    workerConfig: ofProject(WORKER_CONFIG),
    provisioner: PROVISIONER_PROGRAM === 'off' ? null : ofProject(PROVISIONER_PROGRAM),
    exporters: EXPORTERS,
    // A real cluster has the chart's.
    instance: INSTANCE === 'on' && given['KUBECONFIG'] === undefined,
    realTimeBecause: realTimeBecause(given),
    buildsPages: PAGES === 'build',
  };
}

const isLive = (stripeKey = ''): boolean => /^[sr]k_live_/.test(stripeKey);

/** Money and a real cluster know one time only. */
function realTimeBecause({ STRIPE_SECRET_KEY: stripeKey, KUBECONFIG: kubeconfig }: Env): string | null {
  if (isLive(stripeKey)) return 'STRIPE_SECRET_KEY is a live key: the clock cannot be moved beside real money';
  if (kubeconfig) return 'KUBECONFIG is set: the clock cannot be moved beside a real cluster, which has its own';
  return null;
}

/** What is about to be real: a line each, before anything is touched. */
export function warningsOf(env: Env): string[] {
  const { KUBECONFIG: kubeconfig, STRIPE_SECRET_KEY: stripeKey } = env;
  return [
    ...(kubeconfig ? [`KUBECONFIG is set: deployments are made for real, in the cluster of ${kubeconfig}`] : []),
    ...(isLive(stripeKey) ? ['STRIPE_SECRET_KEY is a live key: customers are made in your live account'] : []),
  ];
}
