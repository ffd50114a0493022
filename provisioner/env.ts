/**
 * The provisioner's configuration: environment only, read once. Owns names, defaults and what is wrong with a value;
 * whether Helm, the chart and the cluster are really there is preflight.ts.
 */
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { plainHttpFaults, plainHttpMeaning } from '../src/lib/base-url.ts';
import type { Result } from '../src/lib/result.ts';
import { hourMs, secondMs } from '../src/lib/time.ts';
import {
  boolean,
  byDefault,
  choice,
  dnsName,
  duration,
  integer,
  type Kind,
  optional,
  readVariables,
  required,
  secret,
  text,
  url,
  type ValuesOf,
} from '../src/lib/variables.ts';
import type { Access } from './access.ts';
import { type Proxies, proxyUrl } from './proxy.ts';

/** Longest helm run anyone may ask for: an hour. Shortest: what an upgrade needs to be worth starting. */
const jobTimeoutMsMax = hourMs;
const jobTimeoutMsMin = 5 * secondMs;
const concurrencyMax = 50;
const portMax = 65_535;

/** `{namespace}/{name}` of a service account. */
const serviceAccount: Kind<Access['account']> = {
  words: '{namespace}/{name} of a service account',
  repeats: true,
  read: (value) => {
    const [, namespace, name] = /^([a-z0-9-]+)\/([a-z0-9.-]+)$/.exec(value) ?? [];
    return namespace === undefined || name === undefined ? undefined : { namespace, name };
  },
};

export const provisionerVariables = {
  BILLING_API_URL: required(url, 'the API that gives out jobs'),
  PROVISIONER_TOKEN: required(secret(), 'names the cluster to the API'),
  QUEUE_API_URL: required(url, 'where the doorbell queue is pulled'),
  QUEUE_ACCOUNT_ID: required(secret(), "the doorbell queue's account"),
  QUEUE_ID: required(secret(), 'the doorbell queue'),
  QUEUE_API_TOKEN: required(secret(), 'may pull the doorbell queue'),
  ALLOW_PLAIN_HTTP: byDefault('false', boolean, plainHttpMeaning),
  KUBECONFIG: optional(text(), "the cluster; inside one the pod's service account"),
  HELM_BIN: byDefault('helm', text(), 'the helm program; checked at start'),
  HELM_CHART_PATH: byDefault('charts/customer-instance', text(), 'the chart; checked at start'),
  // Absolute, because Helm would take `-` for stdin and `https://…` for something to fetch.
  HELM_VALUES_FILE: optional({ ...text(), read: (path) => resolve(path) }, 'a YAML file of your own chart values'),
  BASE_DOMAIN: optional(dnsName, "the domain of this cluster's instances, when it is not the API's"),
  CUSTOMER_CLUSTER_ROLE: optional(
    text(),
    "the ClusterRole that it binds to itself in each customer's namespace; without it its rights are given some other way",
  ),
  SERVICE_ACCOUNT: optional(serviceAccount, 'itself in the cluster, {namespace}/{name}, for that binding'),
  QUEUE_CONCURRENCY: byDefault('3', integer(1, concurrencyMax), 'jobs at once'),
  HTTPS_PROXY: optional(proxyUrl, 'the proxy for https addresses: the API, the queue, the cluster'),
  HTTP_PROXY: optional(proxyUrl, 'the proxy for http addresses'),
  NO_PROXY: optional(
    text(),
    'what is asked directly: names with their subdomains, addresses and networks, with commas',
  ),
  JOB_TIMEOUT_MS: optional(
    duration('milliseconds', jobTimeoutMsMin, jobTimeoutMsMax),
    "an upper limit of the jobs' own time-outs",
  ),
  HEALTH_CHECK_HOST: optional(text(), 'the address that the health server listens on; every interface without it'),
  HEALTH_CHECK_PORT: optional(
    integer(0, portMax),
    'the port of /healthz, /readyz and /metrics, 0 for a free one; without it nothing is served',
  ),
  SIMULATE_K8S_DEPLOYMENT: byDefault('false', boolean, 'true: jobs take some seconds and touch no cluster'),
  SIMULATED_CLUSTER_DIR: byDefault(
    join(tmpdir(), 'tenantry-simulated-cluster'),
    text(),
    'where simulation keeps one file per namespace',
  ),
  SIMULATED_JOB_MS: optional(
    duration('milliseconds', 0, hourMs),
    'how long a simulated job takes, ms; without it 3 to 5 s',
  ),
  LOG_LEVEL: byDefault(
    'info',
    choice(['debug', 'info', 'warn', 'error', 'silent']),
    'JSON lines of this level and above',
  ),
};

/**
 * What the process runs with. JOB_TIMEOUT_MS absent means that the job's own time-out, which depends on its plan, holds;
 * BASE_DOMAIN absent means the one that the API renders. KUBECONFIG is absent inside a cluster and in simulation.
 */
export type Config = ValuesOf<typeof provisionerVariables>;

/** The proxies that it goes through. */
export const proxiesOf = ({ HTTPS_PROXY, HTTP_PROXY, NO_PROXY }: Config): Proxies => ({
  https: HTTPS_PROXY,
  http: HTTP_PROXY,
  none: NO_PROXY,
});

/** The role that it binds to itself where it works; undefined where its rights are given some other way. */
export const accessOf = ({ CUSTOMER_CLUSTER_ROLE: role, SERVICE_ACCOUNT: account }: Config): Access | undefined =>
  role === undefined || account === undefined ? undefined : { role, account };

/** Proxies are often named in lower case; in both, the upper case counts, as for kubectl. */
function withProxies(env: Record<string, string | undefined>): Record<string, string | undefined> {
  const given = ['HTTPS_PROXY', 'HTTP_PROXY', 'NO_PROXY'].map((name) => [name, env[name] || env[name.toLowerCase()]]);
  return { ...env, ...Object.fromEntries(given) };
}

/** Reads the environment; on failure one line per wrong variable. An empty value counts as not set. */
export function readConfig(env: Record<string, string | undefined>): Result<Config, string[]> {
  const inCluster = Boolean(env['KUBERNETES_SERVICE_HOST']);
  return readVariables(provisionerVariables, withProxies(env), (found) => {
    const credentials = { BILLING_API_URL: ['PROVISIONER_TOKEN'], QUEUE_API_URL: ['QUEUE_API_TOKEN'] };
    const faults = plainHttpFaults(found, credentials);
    if (found.SIMULATE_K8S_DEPLOYMENT === false && found.KUBECONFIG === undefined && !inCluster) {
      faults.push('KUBECONFIG is required outside a cluster, unless SIMULATE_K8S_DEPLOYMENT=true');
    }
    if ((found.CUSTOMER_CLUSTER_ROLE === undefined) !== (found.SERVICE_ACCOUNT === undefined)) {
      faults.push('CUSTOMER_CLUSTER_ROLE and SERVICE_ACCOUNT are set together or not at all');
    }
    return faults;
  });
}
