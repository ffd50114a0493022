/** What several domains' routes need from a call: the workflow's deps and the delivery of its outbox rows. */
import { actorOf, type Principal } from './credentials/principal.ts';
import type { Services } from './http/endpoint.ts';
import { type Keyring, openKeyring } from './licences/keyring.ts';
import { openStripe } from './stripe/client.ts';
import { type Carriers, deliverOutbox } from './workflows/delivery/deliver-outbox.ts';
import type { Deps } from './workflows/deps.ts';

/** The workflow's view of a call; `now` is read once, so that one deed has one time. */
export const depsOf = (call: Services & { principal: Principal }): Deps => ({
  db: call.db,
  now: call.now(),
  random: call.random,
  actor: { name: actorOf(call.principal), requestId: call.requestId },
});

/** Where outbox rows go from here. Without a Stripe key nothing is sent to Stripe and the rows wait. */
export const carriersOf = (services: Services): Carriers => ({
  db: services.db,
  now: services.now,
  log: services.log,
  stripe: services.env.STRIPE_SECRET_KEY
    ? openStripe(services.env.STRIPE_SECRET_KEY, services.env.STRIPE_API_BASE)
    : null,
  doorbell: services.env.doorbell,
});

/** Sends what was just committed, after the answer. The rows are durable: cron finishes what this cannot. */
export function deliverSoon(services: Services, outboxIds: readonly string[]): void {
  services.defer(deliverOutbox(carriersOf(services), outboxIds.length, outboxIds));
}

/** The licence keys of this environment. */
export const keyringOf = (services: Services): Promise<Keyring> => openKeyring(services.env.LICENSE_PRIVATE_KEYS);
