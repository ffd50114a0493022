/** Makes the context of workflows, and the queues and Stripe of deliveries, from the services of a request, batch or tick. */
import { actorOf, credentialOf, type Principal } from './credentials/principal.ts';
import type { Env } from './env.ts';
import { type Keyring, openKeyring } from './licences/keyring.ts';
import type { MailPort } from './mail/port.ts';
import { openSmtp } from './mail/smtp.ts';
import type { Services } from './services.ts';
import { linkSecrets } from './sessions/link.ts';
import type { StaffIssuer } from './sessions/staff.ts';
import { openStripe } from './stripe/client.ts';
import { proverOf } from './usage/message/proof.ts';
import type { Context } from './workflows/deed.ts';
import type { Carriers } from './workflows/delivery/carriers.ts';
import { deliverOutbox } from './workflows/delivery/deliver-outbox.ts';
import type { ReplayMeans } from './workflows/metering/replay-letters.ts';

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
      staffIssuer: staffIssuerOf(env),
    },
    keyring: () => keyringOf(services),
    linkSecret: (linkId) => linkSecrets(env.LICENSE_PRIVATE_KEYS, linkId)[0],
    outbound: services.outbound,
    keySets: services.keySets,
    sealer: services.sealer,
  };
}

/** The staff issuer of this environment; null where there is none. env.ts refuses one that is set in part. */
export function staffIssuerOf(env: Env): StaffIssuer | null {
  const { STAFF_OIDC_ISSUER: issuer, STAFF_OIDC_CLIENT_ID: clientId, STAFF_OIDC_ROLES: roles } = env;
  if (issuer === undefined || clientId === undefined || roles === undefined) return null;
  const audience = env.STAFF_OIDC_AUDIENCE ?? clientId;
  return { issuer, audience, clientId, clientSecret: env.STAFF_OIDC_CLIENT_SECRET ?? null, roles };
}

const mailOf = ({ SMTP_URL: url, MAIL_FROM: from }: Env): MailPort | null =>
  url === undefined || from === undefined ? null : openSmtp({ url, from });

/** Where outbox rows go from here. Without a Stripe key or a mail server nothing is sent there, and the rows wait. */
export const carriersOf = (services: Services): Carriers => ({
  db: services.db,
  now: services.now,
  log: services.log,
  stripe: services.env.STRIPE_SECRET_KEY
    ? openStripe(services.env.STRIPE_SECRET_KEY, services.env.STRIPE_API_BASE)
    : null,
  mail: mailOf(services.env),
  linkSecrets: (linkId) => linkSecrets(services.env.LICENSE_PRIVATE_KEYS, linkId),
  publicUrl: services.env.PUBLIC_URL,
  doorbell: services.env.doorbell,
});

/** Sends what was just committed, after the answer. The rows are durable: cron finishes what this cannot. */
export function deliverSoon(services: Services, outboxIds: readonly string[]): void {
  if (outboxIds.length > 0) services.defer(deliverOutbox(carriersOf(services), outboxIds));
}

/** The licence keys of this environment. */
export const keyringOf = (services: Services): Promise<Keyring> => openKeyring(services.env.LICENSE_PRIVATE_KEYS);

/** The queue that dead letters go to again, and the proof that they are ours. */
export const replayMeansOf = ({ env }: Pick<Services, 'env'>): ReplayMeans => ({
  queue: env.USAGE_QUEUE,
  prover: proverOf(env.LICENSE_PRIVATE_KEYS),
});
