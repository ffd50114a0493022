/**
 * The platform's own configuration: environment and flags, read once. Variables of the Worker, the provisioner and the
 * exporters only pass through; those programs check them (worker/environment.ts, provisioner.ts, metering/exporter.ts).
 */
import { isAbsolute, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import { PlatformError } from './problem.ts';

const PORT_MAX = 65_535;
const EXPORTERS_MAX = 20;
const projectRoot = fileURLToPath(new URL('..', import.meta.url));

type Env = Record<string, string | undefined>;

/** Messages end the sentence that begins with the variable's name. */
const wholeNumber = (max: number) => {
  const words = `must be a whole number from 0 to ${max}`;
  return z
    .string()
    .regex(/^\d{1,9}$/, words)
    .transform(Number)
    .refine((value) => value <= max, words);
};
const httpUrl = z.url({ protocol: /^https?$/, error: 'must be an http or https URL' });

const schema = z.object({
  PORT: wholeNumber(PORT_MAX).default(8787),
  DATA_DIR: z.string().default('.data'),
  WORKER_CONFIG: z.string().default('wrangler.toml'),
  PROVISIONER_PROGRAM: z.string().default('provisioner/main.ts'),
  EXPORTERS: wholeNumber(EXPORTERS_MAX).default(EXPORTERS_MAX),
  PROMETHEUS_URL: httpUrl.optional(),
  STRIPE_API_BASE: httpUrl.optional(),
  ALLOW_PLAIN_HTTP: z.enum(['true', 'false', '1', '0'], 'must be true or false').optional(),
});

/** Whose credentials would go to which URL. */
const CARRIED: [url: string, credentials: string[]][] = [
  ['PROMETHEUS_URL', ['PROMETHEUS_TOKEN', 'PROMETHEUS_TOKEN_FILE', 'PROMETHEUS_PASSWORD', 'PROMETHEUS_PASSWORD_FILE']],
  ['STRIPE_API_BASE', ['STRIPE_SECRET_KEY']],
];

export type Settings = {
  port: number;
  dataDir: string;
  fresh: boolean;
  /** The Worker's description, a wrangler.toml. */
  workerConfig: string;
  /** The provisioner's entry, or null to start none. */
  provisioner: string | null;
  /** How many exporters may run over the simulated cluster. */
  exporters: number;
};

/** Reads environment and arguments; relative programs are the project's. Throws PlatformError, a line a fault. */
export function readSettings(env: Env, args: string[]): Settings {
  const given = Object.fromEntries(Object.entries(env).filter(([, value]) => value !== undefined && value !== ''));
  const read = schema.safeParse(given);
  const faults = [
    ...faultsOfArguments(args, given),
    ...(read.error?.issues ?? []).map(({ path, message }) => `${path.join('.')} ${message}`),
    ...plainHttpFaults(given),
  ];
  if (!read.success || faults.length > 0) throw new PlatformError(faults.join('\n'));
  const ofProject = (path: string) => (isAbsolute(path) ? path : join(projectRoot, path));
  const { PORT, DATA_DIR, WORKER_CONFIG, PROVISIONER_PROGRAM, EXPORTERS } = read.data;
  return {
    port: PORT,
    dataDir: resolve(DATA_DIR),
    fresh: args.includes('--fresh'),
    workerConfig: ofProject(WORKER_CONFIG),
    provisioner: PROVISIONER_PROGRAM === 'off' ? null : ofProject(PROVISIONER_PROGRAM),
    exporters: EXPORTERS,
  };
}

function faultsOfArguments(args: string[], env: Env): string[] {
  const unknown = args.filter((arg) => arg !== '--fresh');
  // `npm start --fresh`: npm keeps the option for itself. Data is not emptied on that word, nor kept against it.
  const swallowed = env['npm_config_fresh'] === undefined || args.includes('--fresh') ? [] : ['--fresh'];
  return [
    ...(unknown.length === 0 ? [] : [`unknown argument ${unknown.join(' ')}; there is only --fresh`]),
    ...swallowed.map((option) => `npm kept ${option} for itself: write npm start -- ${option}`),
  ];
}

/** A credential may go to another machine by https only, unless ALLOW_PLAIN_HTTP says otherwise. */
function plainHttpFaults(env: Env): string[] {
  if (['true', '1'].includes(env['ALLOW_PLAIN_HTTP'] ?? '')) return [];
  return CARRIED.flatMap(([name, credentials]) => {
    const url = URL.parse(env[name] ?? '');
    if (url === null || url.protocol !== 'http:' || isLoopback(url.hostname)) return [];
    const inUrl = url.password === '' ? undefined : 'a password';
    const sent = credentials.find((credential) => env[credential] !== undefined) ?? inUrl;
    return sent === undefined
      ? []
      : [`${name} must be https, because ${sent} is sent to it; ALLOW_PLAIN_HTTP=true allows http`];
  });
}

const isLoopback = (hostname: string): boolean =>
  hostname === '[::1]' || /^127(?:\.\d{1,3}){3}$/.test(hostname) || /(?:^|\.)localhost$/.test(hostname);

/** What is about to be real: a line each, before anything is touched. */
export function warningsOf(env: Env): string[] {
  const { KUBECONFIG: kubeconfig, STRIPE_SECRET_KEY: stripeKey = '' } = env;
  return [
    ...(kubeconfig ? [`KUBECONFIG is set: deployments are made for real, in the cluster of ${kubeconfig}`] : []),
    ...(/^[sr]k_live_/.test(stripeKey)
      ? ['STRIPE_SECRET_KEY is a live key: customers are made in your live account']
      : []),
  ];
}
