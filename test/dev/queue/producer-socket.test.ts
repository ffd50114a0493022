import { mkdtempSync, rmSync } from 'node:fs';
import { request as httpRequest } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openQueueBroker, type QueueBroker } from '../../../dev/queue/broker.ts';
import { QUEUE_HEADER, startProducerSocket } from '../../../dev/queue/producer-socket.ts';
import { pullQueue } from '../../../dev/queue/settings.ts';

const queue = pullQueue('usage');

describe('what the Worker sends', () => {
  let folder: string;
  let broker: QueueBroker;
  let socket: Awaited<ReturnType<typeof startProducerSocket>>;

  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), 'tenantry-producer-'));
    broker = openQueueBroker(join(folder, 'queue.sqlite'), [queue]);
    socket = await startProducerSocket(broker, folder, () => {});
  });
  afterEach(async () => {
    await socket.close();
    broker.close();
    rmSync(folder, { recursive: true, force: true });
  });

  const send = (path: string, body: string, headers: Record<string, string> = {}) =>
    new Promise<{ status: number; body: string }>((resolve, reject) => {
      const call = httpRequest(
        {
          socketPath: socket.path,
          path,
          method: 'POST',
          agent: false,
          headers: { [QUEUE_HEADER]: queue.name, ...headers },
        },
        (response) => {
          let text = '';
          response.on('data', (chunk) => {
            text += String(chunk);
          });
          response.on('end', () => resolve({ status: response.statusCode ?? 0, body: text }));
        },
      );
      call.on('error', reject);
      call.end(body);
    });
  const waiting = async () => (await broker.pull(queue, 100, 1000)).map(({ body }) => Buffer.from(body).toString());

  it('is on the disk when it is answered', async () => {
    expect((await send('/message', '{"a":1}', { 'x-msg-fmt': 'json' })).status).toBe(200);
    const reader = openQueueBroker(join(folder, 'queue.sqlite'), [queue]);
    expect(reader.backlog(queue).count).toBe(1);
    reader.close();
  });

  it('keeps a batch, each message with its own delay', async () => {
    const encode = (text: string) => Buffer.from(text).toString('base64');
    const messages = [
      { body: encode('now'), contentType: 'text' },
      { body: encode('later'), contentType: 'text', delaySecs: 60 },
    ];
    expect((await send('/batch', JSON.stringify({ messages }))).status).toBe(200);
    expect(await waiting()).toEqual(['now']);
  });

  it('shares commits between sends of one moment and answers all of them', async () => {
    const answers = await Promise.all(
      Array.from({ length: 50 }, (_, index) => send('/message', String(index), { 'x-msg-fmt': 'text' })),
    );
    expect(answers.every(({ status }) => status === 200)).toBe(true);
    expect(new Set(await waiting()).size).toBe(50);
  });

  it('is refused as production would: too large, too many, a delay or a type that does not exist, an unknown queue', async () => {
    const tooMany = { messages: Array.from({ length: 101 }, () => ({ body: '', contentType: 'text' })) };
    const refused = [
      await send('/message', 'x'.repeat(128_001), { 'x-msg-fmt': 'text' }),
      await send('/batch', JSON.stringify(tooMany)),
      await send('/message', 'x', { 'x-msg-fmt': 'text', 'x-msg-delay-secs': '-1' }),
      await send('/message', 'x', { 'x-msg-fmt': 'xml' }),
      await send('/message', 'x', { [QUEUE_HEADER]: 'other' }),
    ];
    expect(refused.map(({ status }) => status)).toEqual([413, 413, 400, 400, 404]);
    expect(await waiting()).toEqual([]);
  });
});
