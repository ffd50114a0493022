import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openQueueBroker, type QueueBroker } from '../../../dev/queue/broker.ts';
import { type HandlerResult, noAnswer } from '../../../dev/queue/decision.ts';
import { type Handler, startDelivery } from '../../../dev/queue/delivery.ts';
import type { StoredMessage } from '../../../dev/queue/message.ts';
import { pullQueue, type QueueSettings } from '../../../dev/queue/settings.ts';

const usage = pullQueue('usage', {
  consumer: 'worker',
  batchSizeMax: 10,
  batchTimeoutMs: 20,
  retriesMax: 1,
  deadLetterQueue: 'usage-dead',
});
const dead = pullQueue('usage-dead');
const fine: HandlerResult = { ...noAnswer, outcome: 'ok' };

describe("deliveries to the Worker's queue() handler", () => {
  let folder: string;
  let broker: QueueBroker;
  let stop: () => Promise<void>;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'tenantry-delivery-'));
    broker = openQueueBroker(join(folder, 'queue.sqlite'), [usage, dead]);
    stop = async () => {};
  });
  afterEach(async () => {
    await stop();
    broker.close();
    rmSync(folder, { recursive: true, force: true });
  });

  const deliver = (handler: Handler, settings: QueueSettings = usage) => {
    const delivery = startDelivery(broker, settings, handler, () => {});
    stop = delivery.stop;
  };
  const send = (...bodies: unknown[]) =>
    broker.send(
      usage,
      bodies.map((body) => ({ body: Buffer.from(JSON.stringify(body)), contentType: 'json', delayS: undefined })),
    );
  /** Answers from `answer`, and gives every batch it was handed to whoever waits for the next one. */
  const recorder = (answer: (messages: StoredMessage[]) => HandlerResult | Promise<HandlerResult>) => {
    const batches: StoredMessage[][] = [];
    const waiting: (() => void)[] = [];
    const handler: Handler = async (_queue, messages) => {
      batches.push(messages);
      for (const wake of waiting.splice(0)) wake();
      return answer(messages);
    };
    const until = async (count: number) => {
      while (batches.length < count) await new Promise<void>((resolve) => waiting.push(resolve));
      return batches;
    };
    return { handler, until };
  };
  const bodyOf = ({ body }: StoredMessage): unknown => JSON.parse(Buffer.from(body).toString());
  const bodies = (messages: StoredMessage[] | undefined) => messages?.map(bodyOf);

  it('bring messages of one moment as one batch, and no more than the batch size', async () => {
    const { handler, until } = recorder(() => fine);
    deliver(handler);
    await send(...Array.from({ length: 14 }, (_, index) => index));
    const batches = await until(2);
    expect(batches.map(({ length }) => length).toSorted()).toEqual([10, 4]);
  });

  it('bring back only what the handler retried, with the next attempt', async () => {
    const { handler, until } = recorder((messages) => ({
      ...fine,
      retryMessages: messages.filter((m) => m.attempts === 1 && bodyOf(m) === 'b').map((m) => ({ msgId: m.id })),
    }));
    deliver(handler);
    await send('a', 'b', 'c');
    const [first, second] = await until(2);
    expect(bodies(first)).toEqual(['a', 'b', 'c']);
    expect(bodies(second)).toEqual(['b']);
    expect(second?.[0]?.attempts).toBe(2);
  });

  it('honour an acknowledgement that the handler gave before it threw', async () => {
    const { handler, until } = recorder((messages) =>
      messages.length === 2 ? { ...noAnswer, explicitAcks: [messages[0]?.id ?? ''] } : fine,
    );
    deliver(handler, { ...usage, retryDelayS: 0 });
    await send('kept', 'lost');
    const [, second] = await until(2);
    expect(bodies(second)).toEqual(['lost']);
  });

  it('end in the dead-letter queue after the retries, with the body unchanged', async () => {
    const { handler, until } = recorder(() => ({ ...fine, retryBatch: { retry: true } }));
    deliver(handler);
    await send({ poison: 1 });
    await until(2);
    await stop();
    const [buried] = await broker.pull(dead, 10, 1000);
    expect(JSON.parse(Buffer.from(buried?.body ?? []).toString())).toEqual({ poison: 1 });
    expect(broker.ready(usage).count).toBe(0);
  });

  it('come again when the Worker could not be reached', async () => {
    let down = true;
    const { handler, until } = recorder(() => {
      if (!down) return fine;
      down = false;
      throw new Error('connection refused');
    });
    deliver(handler, { ...usage, retryDelayS: 0 });
    await send('x');
    expect(bodies((await until(2))[1])).toEqual(['x']);
  });

  it('that were under way when the platform was killed come again, and do not count against the retries', async () => {
    await send('x');
    await broker.takeForHandler(usage);
    broker.close();
    broker = openQueueBroker(join(folder, 'queue.sqlite'), [usage, dead]);
    const { handler, until } = recorder(() => fine);
    deliver(handler);
    expect((await until(1))[0]?.[0]?.attempts).toBe(1);
  });
});
