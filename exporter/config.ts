/**
 * The exporter's environment (seed 000's names and ours), read once. Everything wrong is told at once, one line per
 * variable; a value whose source does not exist is refused rather than ignored, because ignoring it is a wrong bill.
 */
import { z } from 'zod';
import { customerId, namespace } from '../src/contracts/common.ts';
import { namespaceOf, shortIdOf } from '../src/lib/ids.ts';
import { err, ok, type Result } from '../src/lib/result.ts';
import { dayMs, hourMs, minuteMs, secondMs } from '../src/lib/time.ts';
import { type HttpSource, httpSources } from './metering/catalogue.ts';

export interface Config {
  customerId: string;
  instanceId: string;
  namespace: string;
  prometheus: { url: string; token?: Secret; basic?: { username: string; password: string }; caFile?: string };
  /** Null in a dry run that names none. */
  api: { url: string; key: Secret } | null;
  /** How often windows are computed and sent. */
  intervalMs: number;
  /** min(interval, 1 h). */
  windowMs: number;
  settleMs: number;
  /** A longer time without a good scrape makes a window incomplete. */
  gapLimitMs: number;
  backfillFromMs: number | null;
  http: HttpSource;
  hostNetwork: 'detect' | 'none';
  excludePods: string | undefined;
  spoolDir: string;
  /** Where the health server listens; undefined: on every interface, as a probe needs it. */
  host: string | undefined;
  port: number;
  logLevel: string;
}

/** A secret given directly or as a file that may be rotated while we run. */
export type Secret = { value: string } | { file: string };

export type Env = Record<string, string | undefined>;

const intervalMaxMs = 7 * dayMs;
const settleMaxMs = 6 * hourMs;
const portMax = 65_535;
const gapLimitMs = 5 * minuteMs;
const logLevels = ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'];

/** @param dryRun past windows are only printed: needs neither API nor key, and takes a customer who is not there yet */
export function readConfig(env: Env, dryRun: boolean): Result<Config, string[]> {
  const problems: string[] = [];
  const read = reader(env, problems);
  const customer = read('CUSTOMER_ID', dryRun ? looseCustomerId : customerId, undefined) ?? '';
  const intervalMs = read('COLLECTION_INTERVAL', wholeNumber(intervalMaxMs), hourMs) ?? hourMs;
  const shortWindows = read('ALLOW_SHORT_WINDOWS', flag, false) ?? false;
  checkInterval(intervalMs, shortWindows, problems);
  const windowMs = Math.min(intervalMs, hourMs);
  const ownNamespace = customerId.safeParse(customer).success ? namespaceOf(shortIdOf(customer)) : undefined;
  const http = read('HTTP_METRICS', z.enum(httpSources), 'nginx') ?? 'nginx';
  const config: Config = {
    customerId: customer,
    instanceId: read('INSTANCE_ID', z.string().min(1).max(200), 'k8s-cluster-1') ?? '',
    // A wrong customer has been told already; its namespace follows from it.
    namespace: read('NAMESPACE', namespace, ownNamespace, customer === '' ? 'optional' : undefined) ?? '',
    prometheus: readPrometheus(read, env, problems),
    api: readApi(read, env, dryRun, problems),
    intervalMs,
    windowMs,
    settleMs: (read('SETTLE_DELAY', wholeNumber(settleMaxMs / secondMs), 120) ?? 0) * secondMs,
    gapLimitMs: Math.min(gapLimitMs, windowMs / 2),
    backfillFromMs: read('BACKFILL_FROM', instantMs, null) ?? null,
    http,
    hostNetwork: read('HOST_NETWORK', z.enum(['detect', 'none']), 'detect') ?? 'detect',
    excludePods: read('EXCLUDE_PODS', pattern, undefined, 'optional'),
    spoolDir: read('SPOOL_DIR', z.string().min(1), '.data/exporter') ?? '',
    host: read('HEALTH_CHECK_HOST', z.string(), undefined, 'optional'),
    port: read('HEALTH_CHECK_PORT', wholeNumber(portMax), 8080) ?? 0,
    logLevel: read('LOG_LEVEL', z.enum(logLevels), 'info') ?? 'info',
  };
  refuseUnbuilt(env, config, problems);
  return problems.length > 0 ? err(problems) : ok(config);
}

const looseCustomerId = z.string().regex(/^cust_[0-9A-Za-z]{1,64}$/, 'must look like cust_ + 32 hex digits');
const wholeNumber = (max: number) =>
  z
    .string()
    .regex(/^\d{1,12}$/, 'must be a whole number')
    .transform(Number)
    .pipe(z.number().max(max, `must be at most ${max}`));
const flag = z.enum(['true', 'false', '1', '0']).transform((v) => v === 'true' || v === '1');
const httpUrl = z.url({ protocol: /^https?$/, error: 'must be an http(s) URL' });
const instantMs = z.iso
  .datetime({ offset: true, error: 'must be an ISO 8601 time' })
  .transform((text) => Date.parse(text));
// Prometheus' own dialect (RE2): it judges the pattern when the exporter starts.
const pattern = z.string().max(1000);

type Reader = <T>(
  name: string,
  schema: z.ZodType<T, unknown>,
  fallback: T | undefined,
  need?: 'optional',
) => T | undefined;

/** Reads one variable; empty counts as not set, and not set without a fallback is a problem unless optional. */
function reader(env: Env, problems: string[]): Reader {
  return (name, schema, fallback, need) => {
    const text = env[name];
    if (text === undefined || text === '') {
      if (fallback === undefined && need !== 'optional') problems.push(`${name} is required`);
      return fallback;
    }
    const parsed = schema.safeParse(text);
    if (parsed.success) return parsed.data;
    problems.push(`${name}: ${parsed.error.issues[0]?.message ?? 'not valid'}`);
    return fallback;
  };
}

function checkInterval(ms: number, shortWindows: boolean, problems: string[]): void {
  if (ms === 15 * minuteMs || (ms > 0 && ms % hourMs === 0)) return;
  if (ms === minuteMs && shortWindows) return;
  const short = ms === minuteMs ? ' (60000 needs ALLOW_SHORT_WINDOWS=true)' : '';
  problems.push(`COLLECTION_INTERVAL must be 900000 (15 minutes) or whole hours in ms${short}`);
}

function readPrometheus(read: Reader, env: Env, problems: string[]): Config['prometheus'] {
  const token = secretOf(env, 'PROMETHEUS_TOKEN');
  const username = env['PROMETHEUS_USERNAME'];
  const password = env['PROMETHEUS_PASSWORD'];
  if (token && username) problems.push('PROMETHEUS_TOKEN and PROMETHEUS_USERNAME: only one of them');
  if (Boolean(username) !== Boolean(password)) problems.push('PROMETHEUS_USERNAME and PROMETHEUS_PASSWORD go together');
  const caFile = env['PROMETHEUS_CA_FILE'];
  return {
    url: read('PROMETHEUS_URL', httpUrl, undefined) ?? '',
    ...(token ? { token } : {}),
    ...(username && password ? { basic: { username, password } } : {}),
    ...(caFile ? { caFile } : {}),
  };
}

function readApi(read: Reader, env: Env, dryRun: boolean, problems: string[]): Config['api'] {
  const url = read('BILLING_API_URL', httpUrl, undefined, dryRun ? 'optional' : undefined);
  const key = secretOf(env, 'API_KEY');
  if (!key && !dryRun) problems.push('API_KEY or API_KEY_FILE is required');
  return url && key ? { url, key } : null;
}

function secretOf(env: Env, name: string): Secret | undefined {
  const value = env[name];
  if (value) return { value };
  const file = env[`${name}_FILE`];
  return file ? { file } : undefined;
}

const own = /^customer-[0-9a-f]{8}$/;

function refuseUnbuilt(env: Env, config: Config, problems: string[]): void {
  const mode = env['MODE'];
  if (mode === 'cluster') problems.push('MODE=cluster is not available in this version: use MODE=namespace');
  else if (mode && mode !== 'namespace') problems.push('MODE must be namespace or cluster');
  if (env['OPENCOST_URL']) problems.push('OPENCOST_URL is not available in this version: leave it empty');
  // Traefik names a service namespace-service-port: "shop" would also get what belongs to "shop-eu".
  if (config.http === 'traefik' && config.namespace && !own.test(config.namespace)) {
    problems.push('HTTP_METRICS=traefik works for namespaces named customer-{short id} only: use nginx, istio or none');
  }
}
