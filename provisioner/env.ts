/**
 * The provisioner's configuration: environment only, read once. Owns names, defaults and what is wrong with a value;
 * whether Helm, the chart and the cluster are really there is preflight.ts.
 */
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { z } from 'zod';
import { err, ok, type Result } from '../src/lib/result.ts';

const httpUrl = z.url({ protocol: /^https?$/, error: 'must be an http or https URL' });
const token = z.string().regex(/^[\x21-\x7e]+$/, 'must be printable ASCII without spaces');
const wholeNumber = (min: number, max: number) =>
  z
    .string()
    .regex(/^\d+$/, 'must be a whole number')
    .transform(Number)
    .pipe(z.number().min(min, `must be at least ${min}`).max(max, `must be at most ${max}`));

/** Longest helm run anyone may ask for: an hour. Shortest: what an upgrade needs to be worth starting. */
const jobTimeoutMsMax = 3_600_000;
const jobTimeoutMsMin = 5_000;

const schema = z.object({
  BILLING_API_URL: httpUrl,
  PROVISIONER_TOKEN: token,
  QUEUE_API_URL: httpUrl,
  QUEUE_ACCOUNT_ID: token,
  QUEUE_ID: token,
  QUEUE_API_TOKEN: token,
  KUBECONFIG: z.string().min(1).optional(),
  HELM_BIN: z.string().min(1).default('helm'),
  HELM_CHART_PATH: z.string().min(1).default('charts/customer-instance'),
  // Absolute, because Helm would take `-` for stdin and `https://…` for something to fetch.
  HELM_VALUES_FILE: z
    .string()
    .min(1)
    .transform((path) => resolve(path))
    .optional(),
  BASE_DOMAIN: z
    .string()
    .max(240)
    .regex(/^([a-z0-9]([-a-z0-9]*[a-z0-9])?\.)*[a-z0-9]([-a-z0-9]*[a-z0-9])?$/, 'must be a lower-case DNS name')
    .optional(),
  QUEUE_CONCURRENCY: wholeNumber(1, 50).default(3),
  JOB_TIMEOUT_MS: wholeNumber(jobTimeoutMsMin, jobTimeoutMsMax).optional(),
  SIMULATE_K8S_DEPLOYMENT: z
    .enum(['true', 'false'], 'must be true or false')
    .default('false')
    .transform((text) => text === 'true'),
  SIMULATED_CLUSTER_DIR: z.string().min(1).default(join(tmpdir(), 'tenantry-simulated-cluster')),
  LOG_LEVEL: z.enum(['debug', 'info', 'warn', 'error', 'silent']).default('info'),
});

/**
 * What the process runs with. JOB_TIMEOUT_MS absent means that the job's own time-out, which depends on its plan, holds;
 * BASE_DOMAIN absent means the one that the API renders. KUBECONFIG is absent inside a cluster and in simulation.
 */
export type Config = z.infer<typeof schema>;

/** Reads the environment; on failure one line per wrong variable. An empty value counts as not set. */
export function readConfig(env: Record<string, string | undefined>): Result<Config, string[]> {
  const given = Object.fromEntries(Object.entries(env).filter(([, value]) => value !== undefined && value !== ''));
  const parsed = schema.safeParse(given);
  if (!parsed.success) {
    return err(parsed.error.issues.map((issue) => lineOf(issue, given)));
  }
  const inCluster = given['KUBERNETES_SERVICE_HOST'] !== undefined;
  if (!parsed.data.SIMULATE_K8S_DEPLOYMENT && parsed.data.KUBECONFIG === undefined && !inCluster) {
    return err(['KUBECONFIG: is required outside a cluster, unless SIMULATE_K8S_DEPLOYMENT=true']);
  }
  return ok(parsed.data);
}

function lineOf(issue: z.core.$ZodIssue, given: Record<string, unknown>): string {
  const name = String(issue.path[0]);
  return given[name] === undefined ? `${name}: is required` : `${name}: ${issue.message}`;
}
