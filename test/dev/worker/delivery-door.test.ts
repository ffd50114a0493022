import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { serialize } from 'node:v8';
import type { Miniflare } from 'miniflare';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type HandlerResult, noAnswer } from '../../../dev/queue/decision.ts';
import type { ContentType, StoredMessage } from '../../../dev/queue/message.ts';
import { DELIVERY_DOOR, deliverThrough } from '../../../dev/worker/delivery-door.ts';
import { createMiniflare } from '../../../dev/worker/miniflare.ts';
import { type RuntimeOptions, startWorker, type WorkerRuntime } from '../../../dev/worker/runtime.ts';
import { eventually } from '../../harness/eventually.ts';
import { descendants, programOf } from '../../harness/processes.ts';

const SENT_AT = Date.UTC(2026, 10, 21, 12, 0, 0, 123);
const HOUR_MS = 3_600_000;
const KILL_EVERY_MS = 10;
const ok: HandlerResult = { ...noAnswer, outcome: 'ok' };

/** Keeps what its handler was given for whoever asks, and does what the queue's name says. */
const RECORDER = `
const seen = [];
const shown = (body) => {
  if (body instanceof ArrayBuffer) return { bytes: [...new Uint8Array(body)] };
  if (body instanceof Map) return { map: [...body], date: body.get('at') instanceof Date };
  return { value: body };
};
const doing = {
  chooses({ messages: [first, second] }) {
    first.ack();
    second.retry({ delaySeconds: 7 });
  },
  retries: (batch) => batch.retryAll({ delaySeconds: 30 }),
  throws({ messages: [first] }) {
    first.ack();
    throw new Error('as the test wants it');
  },
  sleeps: () => new Promise((resolve) => setTimeout(resolve, ${HOUR_MS})),
};
export default {
  fetch: () => Response.json(seen),
  async queue(batch) {
    for (const { id, timestamp, attempts, body } of batch.messages) {
      seen.push({ id, sentAt: timestamp.getTime(), attempts, ...shown(body) });
    }
    await doing[batch.queue]?.(batch);
  },
};
`;

function message(id: string, contentType: ContentType, body: string | Uint8Array, attempts = 1): StoredMessage {
  return { id, contentType, body: Buffer.from(body as string), sentAtMs: SENT_AT, attempts };
}

function optionsIn(folder: string): RuntimeOptions {
  const scriptPath = join(folder, 'recorder.mjs');
  writeFileSync(scriptPath, RECORDER);
  const description = {
    name: 'recorder',
    bundledEntry: 'recorder.mjs',
    vars: {},
    queues: {},
    crons: [],
    databases: [],
    pages: null,
  };
  return {
    description: { ...description, options: { compatibilityDate: '2026-10-01', d1Databases: { CONTROL: 'control' } } },
    scriptPath,
    bindings: {},
    port: 0,
    dataDir: folder,
    queueSocket: join(folder, 'no-queue'),
    told: () => ({ version: 0, offset_ms: 0, held_at_ms: null }),
    pagesState: () => ({ state: 'off' }),
    log: (line) => log.push(line),
  };
}

function killWorkerd(): void {
  const workerd = descendants(process.pid).find((pid) => programOf(pid)?.includes('workerd serve'));
  if (workerd !== undefined) process.kill(workerd, 'SIGKILL');
}

let folder: string;
let log: string[];
beforeEach(() => {
  log = [];
  folder = mkdtempSync(join(tmpdir(), 'tenantry-door-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

describe("a delivery to the Worker's queue() handler", () => {
  let worker: WorkerRuntime;
  beforeEach(async () => {
    worker = await startWorker(optionsIn(folder));
  });
  afterEach(() => worker.stop());
  const deliveredAgain = () =>
    eventually(
      () => worker.deliver('a queue', [message('after', 'text', '')]),
      ({ outcome }) => outcome === 'ok',
    );
  const seen = async () => (await (await fetch(worker.url)).json()) as { id: string }[];

  it('brings bodies of all four content types as they were sent', async () => {
    const text = '\u{feff}"quoted"\nnext line \u0000 ü 漢 🦊';
    const json = { list: [1, null, 'ü'], text: 'line\nline' };
    const bytes = [0, 10, 255, 254, 10];
    const at = new Date(SENT_AT);
    const map = new Map<string, unknown>([
      ['at', at],
      ['gone', undefined],
    ]);
    const handed = [
      message('text', 'text', text),
      message('json', 'json', JSON.stringify(json), 3),
      message('bytes', 'bytes', Uint8Array.from(bytes)),
      message('v8', 'v8', serialize(map)),
      message('none', 'text', ''),
      message('last', 'bytes', new Uint8Array()),
    ];
    expect(await worker.deliver('a queue', handed)).toEqual(ok);
    const common = { sentAt: SENT_AT, attempts: 1 };
    expect(await seen()).toEqual([
      { ...common, id: 'text', value: text },
      { ...common, id: 'json', attempts: 3, value: json },
      { ...common, id: 'bytes', bytes },
      {
        ...common,
        id: 'v8',
        map: [
          ['at', at.toISOString()],
          ['gone', null],
        ],
        date: true,
      },
      { ...common, id: 'none', value: '' },
      { ...common, id: 'last', bytes: [] },
    ]);
  });

  it.each<[string, HandlerResult]>([
    ['chooses', { ...ok, explicitAcks: ['a'], retryMessages: [{ msgId: 'b', delaySeconds: 7 }] }],
    ['retries', { ...ok, retryBatch: { retry: true, delaySeconds: 30 } }],
    ['throws', { ...noAnswer, explicitAcks: ['a'] }],
  ])('answers what a handler said that %s', async (queue, said) => {
    expect(await worker.deliver(queue, [message('a', 'text', ''), message('b', 'text', '')])).toEqual(said);
  });

  it('fails when workerd is killed under it, and the next ones arrive once workerd is back', async () => {
    const asleep = worker.deliver('sleeps', [message('asleep', 'text', '')]);
    await eventually(seen, ({ length }) => length === 1);
    killWorkerd();
    await expect(asleep).rejects.toThrow();
    expect(await deliveredAgain()).toEqual(ok);
    expect((await seen()).map(({ id }) => id)).toEqual(['after']);
  });

  it('arrives also when the door is at another address since workerd was killed while it was starting', async () => {
    while (!log.some((line) => line.includes('started anew'))) {
      killWorkerd();
      await new Promise((resolve) => setTimeout(resolve, KILL_EVERY_MS));
    }
    expect(await deliveredAgain()).toEqual(ok);
  });

  it('has its databases asked by the same way', async () => {
    const question = { binding: 'CONTROL', sql: 'SELECT ? AS said, ? + 1 AS more', params: ['so', 41] };
    expect(await worker.first(question)).toEqual({ said: 'so', more: 42 });
    expect(await worker.first({ ...question, sql: `${question.sql} WHERE 0` })).toBeNull();
    await expect(worker.first({ ...question, sql: 'SELECT nothing' })).rejects.toThrow('500');
  });

  it('fails when nothing runs any more', async () => {
    await worker.stop();
    await expect(worker.deliver('a queue', [message('late', 'text', '')])).rejects.toThrow();
  });
});

describe("the door to the Worker's queue() handler", () => {
  const SECRET = 'the-secret-of-this-start';
  let miniflare: Miniflare;
  let door: URL;
  beforeEach(async () => {
    miniflare = createMiniflare({ ...optionsIn(folder), doorSecret: SECRET, onLost: () => {} });
    door = await miniflare.unsafeGetDirectURL(DELIVERY_DOOR);
  });
  afterEach(() => miniflare.dispose());

  it('opens to nobody who does not know the secret', async () => {
    const batch = [message('m', 'text', 'body')];
    for (const wrong of ['', SECRET.toUpperCase(), `${SECRET}x`, SECRET.slice(1)]) {
      await expect(deliverThrough(door, wrong, 'a queue', batch)).rejects.toThrow('403');
    }
    for (const method of ['GET', 'POST', 'PUT', 'PATCH']) {
      const answer = await fetch(door, { method });
      expect([answer.status, await answer.text()]).toEqual([403, '']);
    }
    const seen = async () => await (await miniflare.dispatchFetch('http://recorder/')).json();
    expect(await seen()).toEqual([]);
    expect(await deliverThrough(door, SECRET, 'a queue', batch)).toEqual(ok);
    expect(await seen()).toHaveLength(1);
  });
});
