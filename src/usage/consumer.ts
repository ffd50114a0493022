/**
 * The consumer of the usage queue and of its dead-letter queue, which is only a later attempt. Every message is
 * acknowledged or retried by itself; order and redelivery do not matter, because the store decides by revision.
 */
import { tellLive } from '../http/live.ts';
import { shareOf } from '../lib/backoff.ts';
import { reasonOf } from '../lib/reason.ts';
import type { Services } from '../services.ts';
import { contextOf, deliverSoon } from '../wiring.ts';
import { type StoredFor, storeUsage } from '../workflows/metering/store-usage.ts';
import { lookAfterUsage } from '../workflows/subscriptions/look-at-caps.ts';
import { retrySeconds } from './backoff.ts';
import { proverOf } from './message/proof.ts';

export async function consumeUsage(batch: MessageBatch, services: Services): Promise<void> {
  const { db: control, env, log } = services;
  const prover = proverOf(env.LICENSE_PRIVATE_KEYS);
  const customers = new Map<string, Set<string>>();
  const stored = ({ organisationId, customerId }: StoredFor) => {
    const known = customers.get(organisationId);
    if (known) known.add(customerId);
    else customers.set(organisationId, new Set([customerId]));
  };
  const stores = { control, shards: env.usageShards, prover, now: services.now(), log, stored };
  const again = await storeUsage(
    stores,
    batch.messages.map((message) => message.body),
  );
  for (const [place, message] of batch.messages.entries()) {
    const spread = shareOf(services.random);
    if (again.has(place)) message.retry({ delaySeconds: retrySeconds(message.attempts, spread) });
    else message.ack();
  }
  // Whoever watches is told beside the answer: usage is stored by now, and never waits for a socket.
  services.defer(tellLive(services, customers));
  services.defer(
    lookAtTheirCaps(
      services,
      [...customers.values()].flatMap((ids) => [...ids]),
    ),
  );
}

/** Spend caps are held to what is stored by now; what fails here cron does. */
async function lookAtTheirCaps(services: Services, customerIds: readonly string[]): Promise<void> {
  try {
    deliverSoon(services, await lookAfterUsage(contextOf(services), customerIds));
  } catch (error) {
    services.log('warn', 'spend caps could not be looked at; cron does', { error: reasonOf(error) });
  }
}
