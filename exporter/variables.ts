/** The exporter's variables (seed 000's names and ours): what each may be, its default, and what it is for. */
import { namespace } from '../src/contracts/common.ts';
import { plainHttpMeaning } from '../src/lib/base-url.ts';
import { idPattern } from '../src/lib/ids.ts';
import { dayMs, hourMs, minuteMs, secondMs } from '../src/lib/time.ts';
import {
  boolean,
  byDefault,
  choice,
  duration,
  integer,
  type Kind,
  list,
  optional,
  required,
  secretOrFile,
  text,
  url,
} from '../src/lib/variables.ts';
import { httpSources } from './metering/catalogue.ts';
import { type MeterGroup, meterGroups } from './metering/series-meters.ts';
import { headerLines, matchers, pattern, prometheusUrl } from './prometheus/settings.ts';

const customer = text('cust_ and 32 hex digits', (given) => idPattern('customer').test(given));
/** A dry run's customer need not be there yet. */
const anyCustomer = text('cust_ and letters or digits', (given) => /^cust_[0-9A-Za-z]{1,64}$/.test(given));

const intervalMaxMs = 7 * dayMs;
export const shortIntervalMs = minuteMs;
const isInterval = (ms: number): boolean =>
  ms === shortIntervalMs || ms === 15 * minuteMs || (ms > 0 && ms % hourMs === 0 && ms <= intervalMaxMs);

/** 60000 is one too; whether it is allowed, another variable says. */
export const interval: Kind<number> = {
  words: '900000 (15 minutes) or a multiple of 3600000 (an hour), up to 7 days',
  repeats: true,
  read: (given) => (/^\d{1,9}$/.test(given) && isInterval(Number(given)) ? Number(given) : undefined),
};

const isoTime = /^\d{4}-\d\d-\d\dT\d\d:\d\d(?::\d\d(?:\.\d+)?)?(?:Z|[+-]\d\d:\d\d)$/;
const instantMs: Kind<number> = {
  words: 'an ISO 8601 time with its offset, e.g. 2026-11-01T00:00:00Z',
  repeats: false,
  read: (given) => (isoTime.test(given) && !Number.isNaN(Date.parse(given)) ? Date.parse(given) : undefined),
};

const groups: Kind<MeterGroup[]> = list(choice(meterGroups));
/** `none`, or some of the groups. */
const meterList: Kind<MeterGroup[]> = {
  ...groups,
  words: `none, or ${groups.words}`,
  read: (text) => (text === 'none' ? [] : groups.read(text)),
};

const nameMax = 200;
const patternMax = 1000;
const portMax = 65_535;
const logLevels = ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'] as const;

export const exporterVariables = {
  CUSTOMER_ID: required(customer, 'the customer whose usage it reports'),
  INSTANCE_ID: byDefault(
    'k8s-cluster-1',
    text(`a name of at most ${nameMax} characters`, (given) => given.length <= nameMax),
    "the reporter's name",
  ),
  NAMESPACE: optional(
    text('a lower-case RFC 1123 label', (given) => namespace.safeParse(given).success),
    'the namespace that is measured; customer-{short id} when not set',
  ),
  PROMETHEUS_URL: required(
    prometheusUrl,
    'the Prometheus that is asked, or what speaks like it; its path and query are kept, and a user and password in it are used',
  ),
  PROMETHEUS_MATCHERS: optional(
    matchers,
    'for every question, e.g. cluster="prod": one of several clusters in a back end',
  ),
  PROMETHEUS_HEADERS: optional(
    headerLines,
    'for every question, e.g. X-Scope-OrgID: tenant; several with a line break or a semicolon between them',
  ),
  PROMETHEUS_TOKEN: optional(secretOrFile, 'bearer token for Prometheus'),
  PROMETHEUS_USERNAME: optional(text(), 'basic auth for Prometheus'),
  PROMETHEUS_PASSWORD: optional(secretOrFile, 'basic auth for Prometheus'),
  PROMETHEUS_CA_FILE: optional(text(), 'PEM of the authority that Prometheus is trusted by'),
  BILLING_API_URL: required(url, 'the API that usage is reported to'),
  API_KEY: required(secretOrFile, "the reporter's key; a file is read again for each request"),
  ALLOW_PLAIN_HTTP: byDefault('false', boolean, plainHttpMeaning),
  COLLECTION_INTERVAL: byDefault(String(hourMs), interval, 'how often windows are computed and sent, ms'),
  ALLOW_SHORT_WINDOWS: byDefault('false', boolean, 'true: COLLECTION_INTERVAL may be 60000'),
  SETTLE_DELAY: byDefault(
    '120',
    duration('seconds', 0, (6 * hourMs) / secondMs),
    "seconds after a window's end before it is computed",
  ),
  BACKFILL_FROM: optional(instantMs, 'where a fresh reporter begins, instead of its active_from'),
  HTTP_METRICS: byDefault('nginx', choice(httpSources), 'which ingress counts the requests'),
  CADVISOR_JOB: optional(pattern, 'pattern of the jobs whose word on containers counts'),
  CADVISOR_NAMESPACE: optional(pattern, 'pattern of the namespaces that those targets are in'),
  KUBELET_JOB: optional(pattern, 'the same for volumes'),
  KUBELET_NAMESPACE: optional(pattern, 'the same for volumes'),
  KUBE_STATE_METRICS_JOB: optional(pattern, 'the same for which pods there are'),
  KUBE_STATE_METRICS_NAMESPACE: optional(pattern, 'the same for which pods there are'),
  HTTP_METRICS_JOB: optional(pattern, 'the same for requests'),
  HTTP_METRICS_NAMESPACE: optional(pattern, 'the same for requests'),
  METERS: byDefault(
    'none',
    meterList,
    'groups measured beside the basic ones, with commas; a window in which one of them is not seen is incomplete',
  ),
  MQTT_METRICS_JOB: optional(pattern, "the same for the broker's figures"),
  POSTGRES_METRICS_JOB: optional(pattern, "the same for the database's figures"),
  KUBEVIRT_JOB: optional(pattern, 'the same for virtual machines'),
  KUBEVIRT_NAMESPACE: optional(pattern, 'the same for virtual machines'),
  HOST_NETWORK: byDefault('detect', choice(['detect', 'none']), "none: no pod uses the node's network"),
  // Prometheus' own dialect (RE2): it judges the pattern when the exporter starts.
  EXCLUDE_PODS: optional(
    text(`at most ${patternMax} characters`, (given) => given.length <= patternMax),
    "pattern (RE2, anchored) of pods that are not the customer's use",
  ),
  SPOOL_DIR: byDefault('.data/exporter', text(), 'where reports wait until they are accepted'),
  HEALTH_CHECK_HOST: optional(text(), 'the address that the health server listens on; every interface without it'),
  HEALTH_CHECK_PORT: byDefault('8080', integer(0, portMax), 'the port of /health, /ready and /metrics'),
  LOG_LEVEL: byDefault('info', choice(logLevels), 'JSON lines of this level and above'),
  MODE: byDefault(
    'namespace',
    choice(['namespace', 'cluster']),
    'cluster: every namespace that the API names to a key of the cluster',
  ),
  OPENCOST_URL: optional(url, 'where OpenCost tells what the namespace costs the operator'),
};

/** For all the namespaces of a cluster: whose they are, the API says. */
export const clusterVariables = {
  ...exporterVariables,
  CUSTOMER_ID: optional(anyCustomer, exporterVariables.CUSTOMER_ID.meaning),
};

/** For past windows that are only printed: neither API nor key is needed. */
export const dryRunVariables = {
  ...exporterVariables,
  CUSTOMER_ID: required(anyCustomer, exporterVariables.CUSTOMER_ID.meaning),
  BILLING_API_URL: optional(url, exporterVariables.BILLING_API_URL.meaning),
  API_KEY: optional(secretOrFile, exporterVariables.API_KEY.meaning),
};
