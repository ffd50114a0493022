/** Dead letters for people: found, grouped, sent again many at a time, given up. */
import { env } from 'cloudflare:workers';
import { beforeEach, describe, expect, it } from 'vitest';
import type { BatchAnswer } from '../../../src/contracts/queue.ts';
import { commit, openDb } from '../../../src/db/client.ts';
import { type DeadLetter, insertLetter, letterId } from '../../../src/usage/dead-letter-store.ts';
import { nameRow, rowsMessage } from '../../../src/usage/message/row.ts';
import { makeQueue, type Queue, value } from '../deployments/queue-kit.ts';
import { controlOf, ourProver, rowWith } from './harness.ts';

const control = controlOf(env);
let queue: Queue;
/** What is sent in the place of the usage queue. */
let held: { bodies: string[]; down: boolean };
const binding = () => ({
  send: async (body: string) => void (await binding().sendBatch([{ body }])),
  sendBatch: async (messages: { body: string }[]) => {
    if (held.down) throw new Error('the queue is down');
    if (messages.reduce((sum, { body }) => sum + body.length, 0) > 256_000) throw new Error('the batch is too large');
    held.bodies.push(...messages.map(({ body }) => body));
  },
});
beforeEach(async () => {
  queue = await makeQueue();
  queue.api.bindings['USAGE_QUEUE'] = binding();
  held = { bodies: [], down: false };
  await control.batch([control.prepare('DELETE FROM dead_letters'), control.prepare('DELETE FROM batches')]);
});

let made = 0;
async function bury(fields: Partial<DeadLetter> = {}): Promise<string> {
  made += 1;
  const row = rowWith({ cpu_hours: 1 }, { windowEnd: made * 3_600_000 });
  const letter = {
    customerId: null,
    code: 'row_refused',
    message: 'not stored',
    body: rowsMessage([nameRow(row)]),
    ...fields,
  };
  const id = await letterId(letter);
  await commit(openDb(control), [insertLetter(id, letter, queue.api.clock.now + made)]);
  return id;
}

const found = async (query: string) =>
  (await queue.get<{ items: { id: string }[] }>(`/api/dead-letters?${query}`)).items.map(({ id }) => id);

async function replay(body: Record<string, unknown>) {
  const answer = await queue.post('/api/dead-letters/replay', body);
  expect(answer.status, await answer.clone().text()).toBe(202);
  const { batch_id, matched } = (await answer.json()) as { batch_id: string; matched: number };
  return { matched, read: () => queue.get<BatchAnswer>(`/api/queue/batches/${batch_id}`) };
}

describe('dead letters', () => {
  it('are found by queue, code, words, ids and company', async () => {
    const { customerId } = await queue.waiting('Møller & Co');
    const theirs = await bury({ customerId, message: 'The window is Torn' });
    const other = await bury({ code: 'message_malformed' });
    expect(await found('')).toEqual([other, theirs]);
    expect(await found('code=row_refused')).toEqual([theirs]);
    expect(await found('queue=tenantry-usage')).toEqual([other, theirs]);
    expect(await found('queue=other')).toEqual([]);
    for (const q of ['MØLLER', 'torn', customerId, theirs.slice(0, 30)]) {
      expect(await found(`q=${encodeURIComponent(q)}`), q).toEqual([theirs]);
    }
    expect(await queue.get('/api/dead-letters?q=torn')).toMatchObject({
      total: 1,
      items: [{ company_name: 'Møller & Co' }],
    });
    await replay({ ids: [theirs] });
    expect([await found('state=open'), await found('state=replayed')]).toEqual([[other], [theirs]]);
  });

  it('are grouped by their code while they are open, the most first', async () => {
    const { customerId } = await queue.waiting();
    await bury({ customerId });
    await bury({ code: 'message_malformed', message: 'old' });
    const newest = await bury({ customerId, message: 'newest words' });
    const groups = () => queue.get<{ code: string }[]>('/api/dead-letters/groups');
    expect(await groups()).toEqual([
      expect.objectContaining({
        code: 'row_refused',
        letters: 2,
        customers: 1,
        sample_id: newest,
        message: 'newest words',
      }),
      expect.objectContaining({ code: 'message_malformed', letters: 1, customers: 0, queue: 'tenantry-usage' }),
    ]);
    await replay({ code: 'row_refused' });
    expect((await groups()).map(({ code }) => code)).toEqual(['message_malformed']);
  });

  it('of a code are sent again at a rate, each once, and proven anew', async () => {
    for (let n = 0; n < 25; n++) await bury();
    const batch = await replay({ code: 'row_refused', rate: 10, reason: 'the shard is back' });
    expect(batch.matched).toBe(25);
    expect(held.bodies).toHaveLength(10);
    expect(await batch.read()).toMatchObject({
      action: 'replay',
      state: 'running',
      done: 10,
      reason: 'the shard is back',
    });
    queue.api.clock.now += 60_000;
    await Promise.all([queue.api.tick(), queue.api.tick()]);
    expect(await batch.read()).toMatchObject({ state: 'done', done: 25, refused: [] });
    expect(new Set(held.bodies).size).toBe(25);
    expect(held.bodies.every((body) => ourProver(env).check(body) !== null)).toBe(true);
    expect(await found('state=open')).toEqual([]);
  });

  it('name their customer in the log, whose they stay when the letter is gone', async () => {
    const customerId = `cust_${'5'.repeat(32)}`;
    const [one, many, dropped] = [await bury({ customerId }), await bury({ customerId }), await bury({ customerId })];
    await queue.post(`/api/dead-letters/${one}/replay`, {});
    await replay({ ids: [many] });
    const path = `/api/dead-letters/${dropped}?reason=theirs`;
    await queue.api.call('DELETE', path, { token: queue.tokens.operator, body: { reason: 'theirs' } });
    await control.prepare('DELETE FROM dead_letters').run();
    const log = await queue.get<{ items: { subject: string; customer_id: string | null }[] }>(
      `/api/audit?customer_id=${customerId}`,
    );
    expect(log.items.map(({ subject }) => subject).sort()).toEqual([one, many, dropped].sort());
    expect(log.items.every((entry) => entry.customer_id === customerId)).toBe(true);
  });

  it('stay open while the queue is down, and go when it is back', async () => {
    await bury();
    held.down = true;
    const batch = await replay({ code: 'row_refused' });
    expect(await batch.read()).toMatchObject({ state: 'running', done: 0 });
    expect(await found('state=open')).toHaveLength(1);
    held.down = false;
    await queue.api.tick();
    expect(await batch.read()).toMatchObject({ state: 'done', done: 1 });
  });

  it('that cannot be sent are refused one by one: no message, sent again before, dropped meanwhile, too many bytes at once', async () => {
    const good = await bury();
    const broken = await bury({ body: { what: 'is this' } });
    const sent = await bury();
    await queue.post(`/api/dead-letters/${sent}/replay`, {});
    await value('UPDATE dead_letters SET replayed_at = 1 WHERE id = ? RETURNING 1 AS v', sent);
    const gone = `dead_${'0'.repeat(32)}`;
    const batch = await replay({ ids: [good, broken, sent, gone], rate: 50 });
    expect(await batch.read()).toMatchObject({
      done: 1,
      refused: [
        { code: 'already_replayed', items: 1 },
        { code: 'not_found', items: 1 },
        { code: 'validation_failed', items: 1 },
      ],
    });
  });

  it('that nobody of ours has proven are sent by their ids only', async () => {
    const id = await bury({ code: 'message_unproven' });
    const refused = await queue.post('/api/dead-letters/replay', { code: 'message_unproven' });
    expect(refused.status).toBe(422);
    expect(held.bodies).toEqual([]);
    expect(await (await replay({ ids: [id] })).read()).toMatchObject({ done: 1 });
    for (const bad of [{}, { code: 'x', ids: [id] }, { ids: [] }, { ids: ['x'] }, { code: 'x', rate: 51 }]) {
      expect((await queue.post('/api/dead-letters/replay', bad)).status).toBe(422);
    }
  });

  it('are given up with a reason, which the log keeps', async () => {
    const id = await bury();
    const drop = (token: string, body: unknown = { reason: 'a test of theirs' }) =>
      queue.api.call('DELETE', `/api/dead-letters/${id}`, { token, body });
    expect((await drop(queue.tokens.viewer)).status).toBe(403);
    expect((await drop(queue.tokens.operator, {})).status).toBe(422);
    const twice = await Promise.all([drop(queue.tokens.operator), drop(queue.tokens.operator)]);
    expect(twice.map(({ status }) => status)).toContain(204);
    expect((await drop(queue.tokens.operator)).status).toBe(404);
    expect(await found('')).toEqual([]);
    expect((await queue.audit(id))[0]).toMatchObject({
      action: 'dead_letter.dropped',
      details: { reason: 'a test of theirs', code: 'row_refused' },
    });
  });
});
