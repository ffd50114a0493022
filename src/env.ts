/**
 * Every binding and variable of the Worker, read once an isolate and used by all three entries (fetch, queue,
 * scheduled). A wrong variable stops the Worker with one line that names it; no secret's value is ever printed.
 */
import { clusterWord, mailServer, offeredPlans, originList, rateLimit, sender, staffRoleWords } from './env-kinds.ts';
import { isConfidential, plainHttpFaults, plainHttpMeaning } from './lib/base-url.ts';
import { hourMs, secondMs } from './lib/time.ts';
import {
  boolean,
  byDefault,
  choice,
  dnsName,
  duration,
  integer,
  optional,
  readVariables,
  required,
  secret,
  text,
  url,
  type ValuesOf,
} from './lib/variables.ts';
import { boundPriceFaults, boundPricesOf } from './pricing/bound-prices.ts';

const trialDaysMax = 365;
/** Stripe holds a draft for 72 h at most. */
const holdHoursMax = 72;
const graceDaysMax = 90;
const centsMax = 1_000_000_000;
const factorMax = 1000;
const callsMax = 10_000;
const deleteDaysMax = 365;
const runsMax = 20;

export const workerVariables = {
  ADMIN_API_TOKEN: required(secret(32), 'the first admin token; others are made with it'),
  LICENSE_PRIVATE_KEYS: required({ ...text(), words: 'a JSON array of private JWKs' }, 'a JSON array of private JWKs'),
  STATEMENT_PRIVATE_KEYS: optional(
    { ...text(), words: 'a JSON array of private EC JWKs' },
    'what signs the statements of invoices, a JSON array of private EC JWKs; without it none is signed',
  ),
  PUBLIC_URL: required(url, "the API's own address, in licences and to instances"),
  BASE_DOMAIN: required(dnsName, "the instances' domain"),
  DEFAULT_CLUSTER: byDefault('local', clusterWord, 'where a new customer is deployed'),
  DEFAULT_TRIAL_DAYS: byDefault('14', integer(0, trialDaysMax), "a trial's length in days"),
  ALLOW_SHORT_WINDOWS: byDefault('false', boolean, 'true: reporters may have windows of 60 s'),
  ALLOW_PLAIN_HTTP: byDefault('false', boolean, plainHttpMeaning),
  STRIPE_SECRET_KEY: optional(secret(), 'without it nothing is sent to Stripe'),
  STRIPE_API_BASE: optional(url, "another address than Stripe's own"),
  STRIPE_WEBHOOK_SECRET: optional(secret(), 'what Stripe signs its webhooks with; without it none is taken'),
  STRIPE_WEBHOOK_SECRET_OLD: optional(secret(), 'the one before, while Stripe still signs with both'),
  STRIPE_TAX: byDefault('off', choice(['off', 'on']), 'on: Stripe works out tax on what is bought; needs Stripe Tax'),
  PROMOTION_CODES: byDefault(
    'off',
    choice(['off', 'on']),
    'on: Stripe’s page takes promotion codes, and so does a checkout',
  ),
  HOLD_HOURS: byDefault('6', integer(1, holdHoursMax), 'how long a renewal invoice waits for its usage, hours'),
  BILLING_MODE: byDefault(
    'live',
    choice(['live', 'shadow', 'paused']),
    'live, shadow (compute invoices and send nothing) or paused, until somebody sets the billing brake',
  ),
  USAGE_BILLING: byDefault(
    'invoice_items',
    choice(['invoice_items', 'meter_events', 'off']),
    'how usage comes onto invoices: as lines, as a sum for a Stripe meter, or not',
  ),
  HOLD_LINE_CENTS: optional(integer(1, centsMax), 'a line above so many cents is billed only once it is approved'),
  HOLD_LINE_FACTOR: optional(integer(2, factorMax), 'the same of a line so many times the usual of its meter'),
  STRIPE_TAX_CODE: optional(
    text('a tax code, e.g. txcd_10103001', (given) => /^txcd_\d{8}$/.test(given)),
    'the tax code of usage lines; without it the one of Stripe’s settings',
  ),
  STRIPE_TAX_BEHAVIOR: optional(
    choice(['exclusive', 'inclusive']),
    'whether tax comes on top of usage lines; without it as Stripe’s settings say',
  ),
  STRIPE_CALLS_PER_SECOND: byDefault('80', integer(1, callsMax), 'calls to Stripe a second, of all Workers together'),
  GRACE_DAYS: byDefault('7', integer(0, graceDaysMax), 'days from a failed payment to the suspension'),
  DELETE_AFTER_DAYS: byDefault('30', integer(1, deleteDaysMax), 'days from a cancellation until data is deleted'),
  CHECKOUT_RETURN_ORIGINS: optional(
    originList,
    'where checkout and portal may return to, with commas between; PUBLIC_URL is always one',
  ),
  STAFF_OIDC_ISSUER: optional(url, 'where staff sign in beside admin tokens; https, or http to this machine'),
  STAFF_OIDC_AUDIENCE: optional(text(), "the audience of staff's tokens; without it the client's id"),
  STAFF_OIDC_CLIENT_ID: optional(text(), 'our client at the staff issuer'),
  STAFF_OIDC_CLIENT_SECRET: optional(secret(), "that client's secret, if it has one"),
  STAFF_OIDC_ROLES: optional(staffRoleWords, 'which claim makes a viewer, operator or owner'),
  UNPAID_STACKS_PERCENT: byDefault(
    '50',
    integer(1, 100),
    'the share of a cluster for customers who do not pay yet, percent',
  ),
  SIGNUP_PLANS: optional(offeredPlans, 'the plans that anyone may sign up for; without it those that plans.yaml opens'),
  SIGNUP_VERIFICATION: byDefault(
    'none',
    choice(['none', 'email']),
    'email: a signup is made when its mailed link is opened',
  ),
  SMTP_URL: optional(
    mailServer,
    'the mail server, with its user and password; without it the binding EMAIL sends mail',
  ),
  MAIL_FROM: optional(sender, 'who mails are from; without it none is sent'),
  RATE_LIMIT_SIGNUP: byDefault('100/900', rateLimit, 'signups of one address'),
  RATE_LIMIT_AUTH: byDefault(
    '100/900',
    rateLimit,
    'failed authentications of one address, its sign-ins, and its mailed links',
  ),
  RATE_LIMIT_SIGN_IN: byDefault('20/900', rateLimit, 'passwords that are tried for one email'),
  RATE_LIMIT_LINKS: byDefault('5/3600', rateLimit, 'links that are mailed to one email'),
  RATE_LIMIT_REPORT: byDefault('60/3600', rateLimit, 'single reports of one reporter'),
  RATE_LIMIT_BATCH: byDefault('600/3600', rateLimit, 'batches of one reporter or cluster'),
  RATE_LIMIT_VALIDATE: byDefault('600/3600', rateLimit, 'licences that one caller has validated'),
  RATE_LIMIT_WEBHOOKS: byDefault('6000/60', rateLimit, 'webhooks of one address'),
  RATE_LIMIT_PUBLIC: byDefault('1200/60', rateLimit, 'reads of /ready and the licence keys, of one address'),
  QUEUE_MAX_RETRY: byDefault('3', integer(1, runsMax), 'failed runs after which a job is failed'),
  QUEUE_BACKOFF_DELAY: byDefault(
    '5000',
    duration('milliseconds', 0, hourMs),
    'ms before a failed job runs again, doubling',
  ),
  JOB_TIMEOUT_MS: byDefault('300000', duration('milliseconds', secondMs, hourMs), "a job's longest run, ms"),
};

interface Bindings {
  CONTROL: D1Database;
  USAGE_QUEUE: Queue;
  STRIPE_QUEUE: Queue;
  RATE_LIMITER: DurableObjectNamespace;
  LIVE: DurableObjectNamespace;
  LIVE_DIRECTORY: DurableObjectNamespace;
}
const bindingNames = [
  'CONTROL',
  'USAGE_QUEUE',
  'STRIPE_QUEUE',
  'RATE_LIMITER',
  'LIVE',
  'LIVE_DIRECTORY',
] as const satisfies (keyof Bindings)[];

/** A clock that the Worker goes by instead of the runtime's own: ms since the epoch. */
interface Clock {
  now: () => number;
}

/**
 * The clock that the embedded platform puts around the Worker (dev/worker/edge.ts), else null. What is deployed has none and
 * cannot be given one: it is a function, and neither a variable nor a binding of wrangler.toml is.
 */
const clockOf = ({ CLOCK }: RawEnv): Clock | null =>
  typeof (CLOCK as Partial<Clock> | undefined)?.now === 'function' ? (CLOCK as Clock) : null;

/** Where mail is handed in: a mail server, or Cloudflare's own binding; `from` is who sends. */
export type Postbox = { from: string } & ({ url: string } | { binding: SendEmail });
type MailVariables = Partial<Pick<ValuesOf<typeof workerVariables>, 'SMTP_URL' | 'MAIL_FROM'>>;

/** The mail server before the binding, which wrangler.toml gives every Worker; null where no mail is sent. */
function postboxOf({ SMTP_URL: url, MAIL_FROM: from }: MailVariables, { EMAIL: binding }: RawEnv): Postbox | null {
  if (from === undefined) return null;
  if (url !== undefined) return { from, url };
  return typeof binding === 'object' && binding !== null ? { from, binding: binding as SendEmail } : null;
}

/** The Worker's parsed environment, plus the usage shards in order (`USAGE_0`, `USAGE_1`, …) and all doorbell queues. */
export type Env = ValuesOf<typeof workerVariables> &
  Bindings & {
    usageShards: D1Database[];
    doorbell: (bindingName: string) => Queue | null;
    clock: Clock | null;
    /** Prices at Stripe that an operator has bound, by variable: STRIPE_PRICE_STARTER=price_… */
    boundPrices: ReadonlyMap<string, string>;
    postbox: Postbox | null;
  };

/** The environment as the runtime hands it over. */
export type RawEnv = Record<string, unknown>;

/** A variable is wrong or a binding is missing; one line each in `message`. */
export class EnvError extends Error {
  override name = 'EnvError';
}

/** A staff issuer is set as a whole, and no password is sent to it in the clear. */
function staffFaults(found: Partial<ValuesOf<typeof workerVariables>>): string[] {
  const { STAFF_OIDC_ISSUER: issuer } = found;
  if (issuer === undefined) return [];
  const needed = (['STAFF_OIDC_CLIENT_ID', 'STAFF_OIDC_ROLES'] as const).filter((name) => found[name] === undefined);
  return [
    ...needed.map((name) => `${name} is required beside STAFF_OIDC_ISSUER`),
    ...(isConfidential(issuer) ? [] : ['STAFF_OIDC_ISSUER must be https']),
  ];
}

let parsed: { raw: RawEnv; env: Env } | null = null;

/** Parses the runtime's environment; the same object is parsed once. Throws EnvError. */
export function parseEnv(raw: RawEnv): Env {
  if (parsed?.raw === raw) return parsed.env;
  const missing = [...bindingNames, 'USAGE_0'].filter((name) => typeof raw[name] !== 'object' || raw[name] === null);
  const read = readVariables(workerVariables, raw, (found) => [
    ...plainHttpFaults(found, { STRIPE_API_BASE: ['STRIPE_SECRET_KEY'] }),
    ...staffFaults(found),
    ...(found.SIGNUP_VERIFICATION === 'email' && postboxOf(found, raw) === null
      ? ['SIGNUP_VERIFICATION=email needs MAIL_FROM, with SMTP_URL or the binding EMAIL']
      : []),
    ...(found.SMTP_URL !== undefined && found.MAIL_FROM === undefined ? ['MAIL_FROM is needed with SMTP_URL'] : []),
    ...boundPriceFaults(raw),
    ...missing.map((name) => `the binding ${name} is missing`),
  ]);
  if (!read.ok) throw new EnvError(read.error.join('\n'));
  const usageShards: D1Database[] = [];
  for (let i = 0; raw[`USAGE_${i}`]; i++) usageShards.push(raw[`USAGE_${i}`] as D1Database);
  const doorbell = (name: string) => (name.startsWith('DOORBELL_') ? ((raw[name] as Queue | undefined) ?? null) : null);
  const { CONTROL, USAGE_QUEUE, STRIPE_QUEUE, RATE_LIMITER, LIVE, LIVE_DIRECTORY } = raw as unknown as Bindings;
  const bindings: Bindings = { CONTROL, USAGE_QUEUE, STRIPE_QUEUE, RATE_LIMITER, LIVE, LIVE_DIRECTORY };
  parsed = {
    raw,
    env: {
      ...read.value,
      ...bindings,
      usageShards,
      doorbell,
      clock: clockOf(raw),
      boundPrices: boundPricesOf(raw),
      postbox: postboxOf(read.value, raw),
    },
  };
  return parsed.env;
}
