/**
 * The doorbell queue, pulled over HTTP. A message is only a reason to ask the API for work; D1 is the truth. So a message
 * that comes twice, late, or for another's work costs one question, and one that is lost costs the wait for the next ring.
 */

import { BaseMessages } from 'cloudflare/resources/queues/messages';
import { createClient } from 'cloudflare/tree-shakable';
import { fetch } from 'undici';
import { messageOf } from '../src/lib/message.ts';
import { dispatcherThrough } from './dispatcher.ts';

/** The lease ids of the messages that were pulled. */
export type PullAnswer = { kind: 'bells'; leaseIds: string[] } | { kind: 'unavailable'; reason: string };

export type Doorbell = {
  /** Up to `max` messages, without waiting for one. */
  pull(max: number): Promise<PullAnswer>;
  /** Done with these. A late ack is fine; a lost one rings again. */
  ack(leaseIds: string[]): Promise<{ ok: boolean }>;
};

/** How long a pulled message stays hidden: enough to ask `next`, short enough to ring again soon after a crash. */
const visibilityMs = 30_000;
const callTimeoutMs = 15_000;
const connectTimeoutMs = 5_000;

export interface DoorbellConfig {
  baseUrl: string;
  accountId: string;
  queueId: string;
  token: string;
  /** The URL of the proxy that the queue is asked through, if any. */
  proxy?: string | undefined;
}

/** Opens the doorbell queue. Sends nothing yet: whether the queue answers is known from the first pull. */
export function doorbell(config: DoorbellConfig): Doorbell {
  const dispatcher = dispatcherThrough(config.proxy, { connect: { timeout: connectTimeoutMs } });
  const client = createClient({
    resources: [BaseMessages],
    apiToken: config.token,
    baseURL: config.baseUrl.replace(/\/+$/, ''),
    timeout: callTimeoutMs,
    // Retried by the loop, which also knows when not to.
    maxRetries: 0,
    logLevel: 'off',
    // Node's own fetch takes the dispatchers of its own undici only.
    fetch: (url, init) =>
      fetch(url as string, { ...init, dispatcher } as Parameters<typeof fetch>[1]) as unknown as Promise<Response>,
  });
  return {
    async pull(max) {
      try {
        const answer = await client.queues.messages.pull(config.queueId, {
          account_id: config.accountId,
          batch_size: max,
          visibility_timeout_ms: visibilityMs,
        });
        return { kind: 'bells', leaseIds: (answer.messages ?? []).flatMap((message) => message.lease_id ?? []) };
      } catch (error) {
        return { kind: 'unavailable', reason: messageOf(error) };
      }
    },
    async ack(leaseIds) {
      try {
        await client.queues.messages.ack(config.queueId, {
          account_id: config.accountId,
          acks: leaseIds.map((lease_id) => ({ lease_id })),
        });
        return { ok: true };
      } catch {
        return { ok: false };
      }
    },
  };
}
