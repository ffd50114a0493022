/** Makes the context of workflows, and the queues and Stripe of deliveries, from the services of a request, batch or tick. */
import { actorOf, credentialOf, type Principal } from './credentials/principal.ts';
import type { Env } from './env.ts';
import { pacedOnce } from './http/stripe-pace.ts';
import { dayMs, hourMs } from './lib/time.ts';
import { findPublished } from './licences/key-store.ts';
import { inOrderOfUse, type Keyring, openKeyring } from './licences/keyring.ts';
import { openBinding } from './mail/cloudflare.ts';
import type { MailPort } from './mail/port.ts';
import { openSmtp } from './mail/smtp.ts';
import type { Witness } from './outbox/outbox.ts';
import type { Services } from './services.ts';
import { linkSecrets } from './sessions/link.ts';
import type { StaffIssuer } from './sessions/staff.ts';
import { openStatementKeys, type StatementKeys } from './statements/keys.ts';
import { openStripe } from './stripe/client.ts';
import type { StripePort } from './stripe/port.ts';
import { proverOf } from './usage/message/proof.ts';
import { findNewest } from './webhooks/object-store.ts';
import { refreshInvoice } from './workflows/billing/refresh-invoice.ts';
import type { Context } from './workflows/deed.ts';
import type { Carriers } from './workflows/delivery/carriers.ts';
import { deliverOutbox } from './workflows/delivery/deliver-outbox.ts';
import type { ReplayMeans } from './workflows/metering/replay-letters.ts';
import { refreshSubscription } from './workflows/subscriptions/refresh-subscription.ts';

/** The context of one deed; `now` is read once, so that a deed has one time. Without a principal the actor is cron. */
export function contextOf(services: Services & { principal?: Principal }): Context {
  const { env, db, random, log, requestId, principal } = services;
  return {
    db,
    shards: env.usageShards,
    now: services.now(),
    random,
    log,
    actor: {
      name: principal ? actorOf(principal) : 'cron',
      credentialId: principal ? credentialOf(principal) : null,
      requestId,
    },
    settings: {
      publicUrl: env.PUBLIC_URL,
      baseDomain: env.BASE_DOMAIN,
      trialDays: env.DEFAULT_TRIAL_DAYS,
      defaultCluster: env.DEFAULT_CLUSTER,
      unpaidPercent: env.UNPAID_STACKS_PERCENT,
      shortWindows: env.ALLOW_SHORT_WINDOWS,
      jobTimeoutMs: env.JOB_TIMEOUT_MS,
      runsMax: env.QUEUE_MAX_RETRY,
      backoffMs: env.QUEUE_BACKOFF_DELAY,
      holdMs: env.HOLD_HOURS * hourMs,
      billingMode: env.BILLING_MODE,
      usageBilling: env.USAGE_BILLING,
      holdRules: { cents: env.HOLD_LINE_CENTS ?? null, factor: env.HOLD_LINE_FACTOR ?? null },
      graceMs: env.GRACE_DAYS * dayMs,
      deleteAfterMs: env.DELETE_AFTER_DAYS * dayMs,
      tax: env.STRIPE_TAX === 'on',
      promotionCodes: env.PROMOTION_CODES === 'on',
      staffIssuer: staffIssuerOf(env),
    },
    keyring: () => keyringOf(services),
    statementKeys: () => statementKeysOf(env),
    linkSecret: (linkId) => linkSecrets(env.LICENSE_PRIVATE_KEYS, linkId)[0],
    outbound: services.outbound,
    keySets: services.keySets,
    sealer: services.sealer,
    stripe: stripeOf(services),
  };
}

/** The keys of statements of this environment; null where none are set, and then none is signed. */
export const statementKeysOf = async ({ STATEMENT_PRIVATE_KEYS: keys }: Env): Promise<StatementKeys | null> =>
  keys === undefined ? null : await openStatementKeys(keys);

/** Stripe as this environment has it; null without a key. */
function stripeOf({ env, fetch: send, log }: Services): StripePort | null {
  const { STRIPE_SECRET_KEY: secretKey, STRIPE_API_BASE: baseUrl, STRIPE_CALLS_PER_SECOND: perSecond } = env;
  if (secretKey === undefined) return null;
  return openStripe({ secretKey, baseUrl, fetch: pacedOnce(send, env.RATE_LIMITER, perSecond, log) });
}

/** The staff issuer of this environment; null where there is none. env.ts refuses one that is set in part. */
export function staffIssuerOf(env: Env): StaffIssuer | null {
  const { STAFF_OIDC_ISSUER: issuer, STAFF_OIDC_CLIENT_ID: clientId, STAFF_OIDC_ROLES: roles } = env;
  if (issuer === undefined || clientId === undefined || roles === undefined) return null;
  const audience = env.STAFF_OIDC_AUDIENCE ?? clientId;
  return { issuer, audience, clientId, clientSecret: env.STAFF_OIDC_CLIENT_SECRET ?? null, roles };
}

function mailOf({ postbox }: Env): MailPort | null {
  if (postbox === null) return null;
  return 'url' in postbox ? openSmtp(postbox) : openBinding(postbox.binding, postbox.from);
}

/** What remembers, outside of D1, what D1 had. */
export const witnessOf = ({ env: { RATE_LIMITER } }: Pick<Services, 'env'>): Witness =>
  RATE_LIMITER.get(RATE_LIMITER.idFromName('restore')) as unknown as Witness;

/** Where outbox rows go from here. Without a Stripe key or a mail server nothing is sent there, and the rows wait. */
export const carriersOf = (services: Services): Carriers => ({
  db: services.db,
  now: services.now,
  log: services.log,
  stripe: stripeOf(services),
  tax: services.env.STRIPE_TAX === 'on',
  boundPrice: (variable) => services.env.boundPrices.get(variable) ?? null,
  refresh: (id) => refreshSubscription(contextOf(services), id),
  refreshInvoice: (customerId, id) => refreshInvoice(contextOf(services), customerId, id),
  lastSubscription: (customerId) => findNewest(services.db, customerId, 'subscription'),
  invoicing: {
    billingMode: services.env.BILLING_MODE,
    lineTax: { code: services.env.STRIPE_TAX_CODE ?? null, behavior: services.env.STRIPE_TAX_BEHAVIOR ?? null },
  },
  mail: mailOf(services.env),
  linkSecrets: (linkId) => linkSecrets(services.env.LICENSE_PRIVATE_KEYS, linkId),
  publicUrl: services.env.PUBLIC_URL,
  doorbell: services.env.doorbell,
});

/** Sends what was just committed, after the answer. The rows are durable: cron finishes what this cannot. */
export function deliverSoon(services: Services, outboxIds: readonly string[]): void {
  if (outboxIds.length > 0) services.defer(deliverOutbox(carriersOf(services), outboxIds));
}

/** Sets whose first key was seen to sign: it does from then on, so nobody has to look again. */
const settled = new WeakSet<Keyring>();

/** The licence keys of this environment, the one in front that signs now. A set of one key costs no look at D1. */
export async function keyringOf({ env, db, now }: Pick<Services, 'env' | 'db' | 'now'>): Promise<Keyring> {
  const keyring = await openKeyring(env.LICENSE_PRIVATE_KEYS);
  if (keyring.keys.length === 1 || settled.has(keyring)) return keyring;
  const published = await findPublished(db);
  const inUse = inOrderOfUse(keyring, published, now());
  const [first] = keyring.keys;
  if (first && inUse.keys[0] === first && published.has(first.kid)) settled.add(keyring);
  return inUse;
}

/** The queue that dead letters go to again, and the proof that they are ours. */
export const replayMeansOf = ({ env }: Pick<Services, 'env'>): ReplayMeans => ({
  queue: env.USAGE_QUEUE,
  prover: proverOf(env.LICENSE_PRIVATE_KEYS),
});
