/**
 * Delivers a queue to the Worker's queue() handler: a full batch at once, a part of one after the batch time-out.
 * Owns when; what becomes of each message is decided in decision.ts and written down by the broker.
 */
import type { QueueBroker } from './broker.ts';
import { decisions, type HandlerResult, noAnswer } from './decision.ts';
import type { StoredMessage } from './message.ts';
import type { QueueSettings } from './settings.ts';

/** Calls the Worker's queue() handler; rejects when the Worker could not be reached. */
export type Handler = (queue: string, messages: StoredMessage[]) => Promise<HandlerResult>;

/** Cloudflare ends a consumer after 15 minutes. */
const HANDLER_TIMEOUT_MS = 15 * 60_000;
const SLEEP_MS_MAX = 60_000;

async function call(handler: Handler, queue: QueueSettings, batch: StoredMessage[], log: (line: string) => void) {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<HandlerResult>((resolve) => {
    timer = setTimeout(resolve, HANDLER_TIMEOUT_MS, noAnswer);
  });
  try {
    return await Promise.race([handler(queue.name, batch), late]);
  } catch (error) {
    log(`queue ${queue.name}: a delivery of ${batch.length} got no answer, it comes again (${String(error)})`);
    return noAnswer;
  } finally {
    clearTimeout(timer);
  }
}

/** Starts delivering; `stop` ends it and waits for what is being handled. */
export function startDelivery(
  broker: QueueBroker,
  queue: QueueSettings,
  handler: Handler,
  log: (line: string) => void,
) {
  const running = new Set<Promise<void>>();
  let stopped = false;
  let timer: NodeJS.Timeout | undefined;

  const deliver = async () => {
    const batch = await broker.takeForHandler(queue);
    if (batch.length === 0) return;
    look(); // what is left may fill the next delivery, which need not wait for this one
    const result = await call(handler, queue, batch, log);
    await broker.finish(queue, batch, decisions(result, queue));
  };

  const start = () => {
    const delivery = deliver()
      .catch((error: unknown) => log(`queue ${queue.name}: ${String(error)}`))
      .finally(() => {
        running.delete(delivery);
        look();
      });
    running.add(delivery);
  };

  /** Milliseconds until there is something to deliver, or 0 for now. */
  const waitMs = (): number => {
    const { count, oldest } = broker.ready(queue);
    if (oldest === null) return (broker.nextDueMs(queue) ?? Number.POSITIVE_INFINITY) - broker.now();
    return count >= queue.batchSizeMax ? 0 : Math.max(oldest + queue.batchTimeoutMs - broker.now(), 0);
  };

  const look = () => {
    if (stopped || running.size >= queue.concurrency) return;
    clearTimeout(timer);
    const wait = waitMs();
    if (wait <= 0) start();
    else timer = setTimeout(look, Math.min(wait, SLEEP_MS_MAX));
  };

  broker.onArrival(queue, look);
  look();
  return {
    async stop(): Promise<void> {
      stopped = true;
      clearTimeout(timer);
      await Promise.all(running);
    },
  };
}
