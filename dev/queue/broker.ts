/**
 * The durable queue: sends, leases, acknowledgements, retries and dead letters over one SQLite file. Owns the rules;
 * how messages come in (producer-socket.ts, pull-api.ts) and go out (delivery.ts, pull-api.ts) is elsewhere.
 * At least once, in no promised order, as the real one. A promise it does not make: several processes on one file.
 */
import { randomBytes } from 'node:crypto';
import { groupCommit } from '../data/group-commit.ts';
import type { Decision } from './decision.ts';
import { readLease, writeLease } from './lease.ts';
import type { NewMessage, StoredMessage } from './message.ts';
import type { QueueSettings } from './settings.ts';
import { type DueMessage, openQueueStore } from './store.ts';

export type LeasedMessage = StoredMessage & { leaseId: string };
export type Settled = { ackCount: number; retryCount: number; warnings: Record<string, string> };
export type LeasedRetry = { leaseId: string; delayS: number | undefined };
export type Backlog = { count: number; bytes: number; oldest: number };
export type QueueBroker = ReturnType<typeof openQueueBroker>;

/** Spec §3: what was accepted waits 14 days for a consumer. */
const RETENTION_MS = 14 * 86_400_000;
const RETENTION_CHECK_MS = 3_600_000;
/** A delivery crosses a process border in one piece; beyond this it would only be slower. */
const DELIVERY_BYTES_MAX = 4_000_000;
const BACKLOG_FRESH_MS = 1000;
const ID_BYTES = 16;
const NO_LEASE = 'the lease id is not valid';

export function openQueueBroker(path: string, queues: QueueSettings[], now: () => number = Date.now) {
  const store = openQueueStore(path);
  const commit = groupCommit(store.db);
  const byName = new Map(queues.map((queue) => [queue.name, queue]));
  const listeners = new Map<string, () => void>();
  const backlogs = new Map<string, { at: number; value: Backlog }>();
  store.releaseHeld(now());
  const forgetExpired = () => store.forgetSentBefore(now() - RETENTION_MS);
  forgetExpired();
  const retention = setInterval(() => void commit(forgetExpired).catch(() => {}), RETENTION_CHECK_MS).unref();

  const announce = (queue: string) => listeners.get(queue)?.();

  /** A message that failed its last delivery goes to the dead-letter queue, or is dropped where there is none. */
  const bury = (queue: QueueSettings, id: string) => {
    if (queue.deadLetterQueue === null) store.remove(queue.name, id);
    else store.move(queue.name, id, queue.deadLetterQueue, now());
  };
  const announceBurial = (queue: QueueSettings) => {
    if (queue.deadLetterQueue !== null) announce(queue.deadLetterQueue);
  };

  const retry = (queue: QueueSettings, id: string, attempts: number, delayS: number) => {
    if (attempts > queue.retriesMax) bury(queue, id);
    else store.show(queue.name, id, now() + delayS * 1000);
  };

  /** Up to `count` due messages, none that has used up its deliveries, and no more bytes than one delivery carries. */
  const take = (queue: QueueSettings, count: number): DueMessage[] => {
    const taken: DueMessage[] = [];
    const spent: string[] = [];
    let bytes = 0;
    for (const message of store.due(queue.name, now(), count)) {
      if (message.attempts > queue.retriesMax) {
        spent.push(message.id);
        continue;
      }
      bytes += message.body.byteLength;
      if (taken.length > 0 && bytes > DELIVERY_BYTES_MAX) break;
      taken.push({ ...message, attempts: message.attempts + 1 });
    }
    for (const id of spent) bury(queue, id);
    return taken;
  };

  /** Why the acknowledgement is not accepted, or null. One of a message that is gone already is. */
  const ack = (queue: QueueSettings, leaseId: string): string | null => {
    const id = readLease(leaseId);
    if (id === null) return NO_LEASE;
    store.remove(queue.name, id);
    return null;
  };

  const retryLeased = (queue: QueueSettings, { leaseId, delayS }: LeasedRetry): string | null => {
    const id = readLease(leaseId);
    if (id === null) return NO_LEASE;
    const held = store.find(queue.name, id);
    if (held?.lease !== leaseId) return 'the message is no longer leased';
    retry(queue, id, held.attempts, delayS ?? queue.retryDelayS ?? 0);
    return null;
  };

  return {
    queues,
    queueById: (id: string): QueueSettings | undefined => queues.find((queue) => queue.id === id),
    queueByName: (name: string): QueueSettings | undefined => byName.get(name),

    /** Resolves once the messages are on the disk. */
    async send(queue: QueueSettings, messages: NewMessage[]): Promise<void> {
      const sentAtMs = now();
      await commit(() => {
        for (const { body, contentType, delayS } of messages) {
          const id = randomBytes(ID_BYTES).toString('hex');
          store.insert(
            queue.name,
            { id, body, contentType, sentAtMs },
            sentAtMs + (delayS ?? queue.deliveryDelayS) * 1000,
          );
        }
      });
      announce(queue.name);
    },

    /** Leases due messages to a consumer over HTTP for `visibilityMs`. */
    async pull(queue: QueueSettings, count: number, visibilityMs: number): Promise<LeasedMessage[]> {
      const leased = await commit(() =>
        take(queue, count).map((message) => {
          const leaseId = writeLease(message.id, message.attempts);
          store.lease(message.seq, now() + visibilityMs, leaseId);
          return { ...message, leaseId };
        }),
      );
      announceBurial(queue);
      return leased;
    },

    /**
     * Acknowledges and retries by lease. As with the real service an acknowledgement that comes after its lease has
     * run out, or from a second consumer, is accepted: the message is done. A retry counts only from the last holder.
     */
    async settle(queue: QueueSettings, acks: string[], retries: LeasedRetry[]): Promise<Settled> {
      const settled = await commit(() => {
        const warnings: Record<string, string> = {};
        const counted = (leaseId: string, warning: string | null) => {
          if (warning !== null) warnings[leaseId] = warning;
          return warning === null;
        };
        const ackCount = acks.filter((leaseId) => counted(leaseId, ack(queue, leaseId))).length;
        const retryCount = retries.filter((item) => counted(item.leaseId, retryLeased(queue, item))).length;
        return { ackCount, retryCount, warnings };
      });
      announceBurial(queue);
      return settled;
    },

    /** Takes a batch for the Worker's handler; it stays hidden until `finish`, or until a restart. */
    takeForHandler: (queue: QueueSettings): Promise<StoredMessage[]> =>
      commit(() => {
        const batch = take(queue, queue.batchSizeMax);
        for (const { seq } of batch) store.holdForHandler(seq);
        return batch;
      }),

    /** Writes down what became of a batch that a handler had. */
    async finish(
      queue: QueueSettings,
      batch: StoredMessage[],
      decide: (message: StoredMessage) => Decision,
    ): Promise<void> {
      await commit(() => {
        for (const message of batch) {
          const decision = decide(message);
          if (decision.kind === 'ack') store.remove(queue.name, message.id);
          else retry(queue, message.id, message.attempts, decision.delayS);
        }
      });
      announceBurial(queue);
      announce(queue.name);
    },

    ready: (queue: QueueSettings) => store.ready(queue.name, now(), queue.batchSizeMax),
    nextDueMs: (queue: QueueSettings) => store.nextDueMs(queue.name, now()),
    now,

    /** Counting reads the whole queue, so the figure may be a second old; the real one is approximate too. */
    backlog(queue: QueueSettings): Backlog {
      const known = backlogs.get(queue.name);
      if (known && now() - known.at < BACKLOG_FRESH_MS) return known.value;
      const value = store.backlog(queue.name);
      backlogs.set(queue.name, { at: now(), value });
      return value;
    },

    /** Calls `listener` whenever messages of `queue` may have become due. One listener a queue. */
    onArrival: (queue: QueueSettings, listener: () => void) => listeners.set(queue.name, listener),
    close: () => {
      clearInterval(retention);
      store.close();
    },
  };
}
