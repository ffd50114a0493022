/**
 * What a queue promises its consumer, read from wrangler.toml so that the embedded platform and production are
 * described once. Owns the defaults (Cloudflare's); does not know how messages are stored or delivered.
 */
import { createHash } from 'node:crypto';

/** How one queue behaves. `retriesMax` are deliveries after the first; `deadLetterQueue` null: dropped after them. */
export type QueueSettings = {
  name: string;
  /** As in Cloudflare's API: 32 hex characters. */
  id: string;
  /** `worker`: delivered to the Worker's queue() handler; `pull`: consumed over HTTP. */
  consumer: 'worker' | 'pull';
  batchSizeMax: number;
  batchTimeoutMs: number;
  retriesMax: number;
  /** Seconds before a retry for which the handler named no delay; null: nothing configured. */
  retryDelayS: number | null;
  deadLetterQueue: string | null;
  /** Seconds that every message waits unless its sender says otherwise. */
  deliveryDelayS: number;
  /** Deliveries of this queue that may run at a time. */
  concurrency: number;
};

/** The parts of wrangler.toml's `queues` that are used here, with Wrangler's own names. */
export type WranglerQueues = {
  producers?: { binding: string; queue: string; delivery_delay?: number | undefined }[] | undefined;
  consumers?:
    | {
        queue: string;
        max_batch_size?: number | undefined;
        max_batch_timeout?: number | undefined;
        max_retries?: number | undefined;
        dead_letter_queue?: string | undefined;
        retry_delay?: number | undefined;
        max_concurrency?: number | null | undefined;
      }[]
    | undefined;
};

// Cloudflare's defaults: https://developers.cloudflare.com/queues/configuration/configure-queues/
const DEFAULT_BATCH_SIZE = 10;
const DEFAULT_BATCH_TIMEOUT_S = 5;
const DEFAULT_RETRIES = 3;
// Production scales deliveries out by itself; two at a time keep a machine with two cores busy.
const DEFAULT_CONCURRENCY = 2;
const QUEUE_ID_CHARACTERS = 32;

/** The id of a queue in the API: stable for a name, so that it survives `--fresh`. */
function queueId(name: string): string {
  return createHash('sha256').update(`queue:${name}`).digest('hex').slice(0, QUEUE_ID_CHARACTERS);
}

/** A queue as Cloudflare makes it when nothing is configured: consumed over HTTP, three retries, no dead letters. */
export function pullQueue(name: string, changes: Partial<QueueSettings> = {}): QueueSettings {
  return {
    name,
    id: queueId(name),
    consumer: 'pull',
    batchSizeMax: DEFAULT_BATCH_SIZE,
    batchTimeoutMs: DEFAULT_BATCH_TIMEOUT_S * 1000,
    retriesMax: DEFAULT_RETRIES,
    retryDelayS: null,
    deadLetterQueue: null,
    deliveryDelayS: 0,
    concurrency: DEFAULT_CONCURRENCY,
    ...changes,
  };
}

/**
 * Every queue that the Worker's description names, as producer, consumer or dead-letter queue. One without a consumer
 * is a pull queue: wrangler.toml cannot say `http_pull`, production adds it with `wrangler queues consumer http add`.
 */
export function queuesOf(description: WranglerQueues): QueueSettings[] {
  const queues = new Map<string, QueueSettings>();
  for (const producer of description.producers ?? []) {
    queues.set(producer.queue, pullQueue(producer.queue, { deliveryDelayS: producer.delivery_delay ?? 0 }));
  }
  for (const consumer of description.consumers ?? []) {
    const known = queues.get(consumer.queue) ?? pullQueue(consumer.queue);
    queues.set(consumer.queue, {
      ...known,
      consumer: 'worker',
      batchSizeMax: consumer.max_batch_size ?? DEFAULT_BATCH_SIZE,
      batchTimeoutMs: (consumer.max_batch_timeout ?? DEFAULT_BATCH_TIMEOUT_S) * 1000,
      retriesMax: consumer.max_retries ?? DEFAULT_RETRIES,
      retryDelayS: consumer.retry_delay ?? null,
      deadLetterQueue: consumer.dead_letter_queue ?? null,
      concurrency: consumer.max_concurrency ?? DEFAULT_CONCURRENCY,
    });
  }
  for (const { deadLetterQueue } of [...queues.values()]) {
    if (deadLetterQueue !== null && !queues.has(deadLetterQueue))
      queues.set(deadLetterQueue, pullQueue(deadLetterQueue));
  }
  return [...queues.values()];
}
