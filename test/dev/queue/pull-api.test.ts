import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Cloudflare from 'cloudflare';
import { afterEach, describe, expect, it } from 'vitest';
import { openQueueBroker } from '../../../dev/queue/broker.ts';
import { startPullApi } from '../../../dev/queue/pull-api.ts';
import { pullQueue, queuesOf } from '../../../dev/queue/settings.ts';
import { describeQueue, type QueueUnderTest } from './conformance.ts';

const accountId = 'a'.repeat(32);
const token = 'queue-token';
const queues = [pullQueue('bells', { retriesMax: 2, deadLetterQueue: 'bells-dead' }), pullQueue('bells-dead')];
const opened: (() => Promise<void>)[] = [];

/** A broker in this process over a file of its own and a clock that only `pass` moves. */
async function openBroker(): Promise<QueueUnderTest> {
  const folder = mkdtempSync(join(tmpdir(), 'tenantry-queue-'));
  let now = Date.parse('2026-11-21T00:00:00Z');
  let port: number | undefined;
  let close: () => Promise<void>;
  const open = async () => {
    const broker = openQueueBroker(join(folder, 'queue.sqlite'), queues, () => now);
    const api = await startPullApi(broker, { accountId, token, port }, () => {});
    port = Number(new URL(api.url).port);
    close = async () => {
      await api.close();
      broker.close();
    };
  };
  await open();
  opened.push(async () => {
    await close();
    rmSync(folder, { recursive: true, force: true });
  });
  const [queue, dead] = queues;
  return {
    client: new Cloudflare({ apiToken: token, baseURL: `http://127.0.0.1:${port}` }),
    accountId,
    queueId: queue?.id ?? '',
    deadLetterQueueId: dead?.id ?? '',
    pass: async (ms) => {
      now += ms;
    },
    restart: async () => {
      await close();
      await open();
    },
  };
}

afterEach(async () => {
  for (const close of opened.splice(0)) await close();
});

describeQueue('the embedded queue', openBroker);

describe('the pull API', () => {
  it("answers in Cloudflare's envelope, errors too", async () => {
    const { client, queueId } = await openBroker();
    const call = (path: string, body: string) =>
      fetch(new URL(path, client.baseURL), { method: 'POST', headers: { authorization: `Bearer ${token}` }, body });
    const pull = `/accounts/${accountId}/queues/${queueId}/messages/pull`;
    for (const [path, body, status] of [
      [pull, '{}', 200],
      [pull, '{"batch_size":101}', 400],
      [pull, 'nonsense', 400],
      [pull.replace(queueId, 'f'.repeat(32)), '{}', 404],
      ['/accounts/x', '{}', 404],
    ] as const) {
      const response = await call(path, body);
      expect(response.status).toBe(status);
      const answer = (await response.json()) as Record<string, unknown>;
      expect(Object.keys(answer).toSorted()).toEqual(['errors', 'messages', 'result', 'success']);
      expect(answer['success']).toBe(status === 200);
    }
  });

  it('lets only the last holder retry: an old lease cannot take a message away from a second consumer', async () => {
    const { client, queueId, pass } = await openBroker();
    const queue = { account_id: accountId };
    await client.queues.messages.push(queueId, { ...queue, body: 'x', content_type: 'text' });
    const first = await client.queues.messages.pull(queueId, { ...queue, visibility_timeout_ms: 1000 });
    await pass(1001);
    await client.queues.messages.pull(queueId, { ...queue, visibility_timeout_ms: 1000 });
    const retries = [{ lease_id: first.messages?.[0]?.lease_id ?? '' }];
    expect(await client.queues.messages.ack(queueId, { ...queue, retries })).toMatchObject({ retryCount: 0 });
    expect((await client.queues.messages.pull(queueId, queue)).messages).toEqual([]);
  });

  it('refuses what production would refuse: a message over 128 KB', async () => {
    const { client, queueId } = await openBroker();
    const body = 'x'.repeat(128_001);
    const push = client.queues.messages.push(queueId, { account_id: accountId, body, content_type: 'text' });
    await expect(push).rejects.toMatchObject({ status: 413 });
  });
});

describe('queue settings', () => {
  it('come from wrangler.toml, with dead-letter queues and pull queues where it names no consumer', () => {
    const read = queuesOf({
      producers: [
        { binding: 'USAGE', queue: 'usage', delivery_delay: 3 },
        { binding: 'BELL', queue: 'bell' },
      ],
      consumers: [
        { queue: 'usage', max_batch_size: 50, max_batch_timeout: 1, max_retries: 9, dead_letter_queue: 'usage-dead' },
      ],
    });
    expect(read.map(({ name, consumer }) => [name, consumer])).toEqual([
      ['usage', 'worker'],
      ['bell', 'pull'],
      ['usage-dead', 'pull'],
    ]);
    expect(read[0]).toMatchObject({
      batchSizeMax: 50,
      batchTimeoutMs: 1000,
      retriesMax: 9,
      deadLetterQueue: 'usage-dead',
      deliveryDelayS: 3,
    });
  });
});
