/** What `tenantry webhooks` asks of the API, and of the stand-in alone, and prints. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { run } from '../../cli/program.ts';
import * as contract from '../../src/contracts/webhooks.ts';
import { callApi, customerId, type LoopbackApi, problem, startLoopbackApi, type Told, testWorld } from './harness.ts';
import { type Route, standIn } from './stand-in.ts';

const now = '2026-11-21T10:00:00.000Z';
const event = {
  event_id: 'evt_1',
  type: 'invoice.paid',
  object_id: 'in_1',
  customer_id: customerId,
  state: 'dead',
  attempts: 20,
  fetch_seq: null,
  received_at: now,
  processed_at: null,
  error: { code: 'stripe_unavailable', message: 'no answer' },
};
const batchId = `bat_${'b'.repeat(32)}`;

const post = (path: string, body: Route['body'], answer: Route['answer'], told: unknown): Route => ({
  method: 'POST',
  path,
  ...(body === undefined ? {} : { body }),
  status: 202,
  answer,
  tell: () => told,
});
const replayed = { success: true, event: { ...event, state: 'received' } };
const routes: readonly Route[] = [
  post('/api/webhooks/events/replay', contract.replayEventsBody, contract.replayEventsAnswer, {
    batch_id: batchId,
    events: 3,
  }),
  post('/api/webhooks/events/:id/replay', contract.replayEventBody, contract.replayEventAnswer, replayed),
  post('/api/webhooks/catch-up', contract.catchUpBody, contract.catchUpAnswer, {
    success: true,
    batch_id: batchId,
    from: '2026-11-20T10:00:00.000Z',
  }),
  {
    method: 'GET',
    path: '/api/webhooks/events/:id',
    status: 200,
    answer: contract.eventAnswer,
    tell: () => ({ ...event, payload: { id: 'evt_1', data: { object: { id: 'in_1' } } } }),
  },
];
const api = standIn(routes);
const page: Told = { status: 200, body: { items: [event], total: 1, page: 1, limit: 20 } };
const more = `How far it is: tenantry queue batch ${batchId}`;

describe('webhooks', () => {
  it('lists what has come with why it was not processed, narrowed as asked', async () => {
    const call = ['webhooks', customerId, '--state', 'dead', '--type', 'invoice.paid', '--search', 'in_'];
    const { exit, lines, heard } = await callApi(call, () => page);
    expect(exit).toBe(0);
    expect(lines.join('\n')).toMatch(
      /evt_1 +invoice.paid +in_1 +cust_a+ +dead +20 +\S+ \S+ +stripe_unavailable: no answer/,
    );
    expect(Object.fromEntries(heard[0]?.query ?? [])).toEqual({
      page: '1',
      limit: '20',
      state: 'dead',
      type: 'invoice.paid',
      q: 'in_',
      customer_id: customerId,
    });
  });

  it('shows one with what Stripe signed', async () => {
    const { lines } = await callApi(['webhooks', 'show', 'evt_1'], api);
    expect(lines).toContain('why           stripe_unavailable: no answer');
    expect(lines.join('\n')).toContain('"id": "in_1"');
  });

  it.each([
    [['replay', 'evt_1'], '/api/webhooks/events/evt_1/replay', {}, ['evt_1 (invoice.paid) is processed again']],
    [
      ['replay', '--dead', '--type', 'invoice.paid', '--rate', '9'],
      '/api/webhooks/events/replay',
      { state: 'dead', type: 'invoice.paid', rate: 9 },
      ['3 events, 9 a second', more],
    ],
    [
      ['catch-up', '--from', '1d'],
      '/api/webhooks/catch-up',
      { from: '2026-11-20T10:00:00.000Z' },
      ["Stripe's events since 2026-11-20 10:00 are asked for", more],
    ],
    [['catch-up'], '/api/webhooks/catch-up', {}, ["Stripe's events since 2026-11-20 10:00 are asked for", more]],
  ])('%j asks for it and says what was begun', async (args, path, body, said) => {
    const { exit, lines, heard } = await callApi(['webhooks', ...args], api);
    expect([exit, lines]).toEqual([0, said]);
    expect(heard).toMatchObject([{ path, body }]);
  });

  it.each([
    [['replay']],
    [['replay', 'evt_1', '--dead']],
    [['replay', 'evt_1', '--type', 'a.b']],
    [['replay', '--type', 'a.b']],
  ])('%j is a wrong call, and nobody is asked', async (args) => {
    const { exit, heard } = await callApi(['webhooks', ...args], api);
    expect([exit, heard]).toEqual([2, []]);
  });

  it('says why an event is not replayed', async () => {
    const refused = { status: 409, body: problem('event_not_replayable', 'the event was processed') };
    const { exit, notes } = await callApi(['webhooks', 'replay', 'evt_1'], () => refused);
    expect(exit).toBe(1);
    expect(notes[0]).toContain('event_not_replayable: the event was processed');
  });
});

describe('webhooks trigger', () => {
  const key = 'sk_test_stand_in';
  let folder: string;
  let door: LoopbackApi;
  let answer: Told;
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'tenantry-cli-webhooks-'));
    door = await startLoopbackApi(() => answer);
  });
  afterAll(async () => {
    await door.close();
    rmSync(folder, { recursive: true });
  });

  /** @param ready what DATA_DIR/ready.json says beside the API's address; null without one */
  async function trigger(args: string[], ready: object | null, env: Record<string, string> = {}) {
    const path = join(folder, 'ready.json');
    rmSync(path, { force: true });
    if (ready !== null) writeFileSync(path, JSON.stringify({ url: 'http://127.0.0.1:8787', ...ready }));
    door.heard.length = 0;
    const world = testWorld({ DATA_DIR: folder, ...env });
    const exit = await run(['webhooks', 'trigger', ...args], world);
    return { exit, lines: world.lines, notes: world.notes };
  }
  const here = () => ({ stripe_url: door.url, stripe_secret_key: key });

  it('asks the control door of the stand-in that ready.json names, with its key', async () => {
    answer = { status: 200, body: { id: 'evt_9', type: 'invoice.paid', data: { object: { id: 'in_9' } } } };
    const { exit, lines } = await trigger(['invoice.paid', '--object', 'in_9'], here());
    expect([exit, lines]).toEqual([
      0,
      ['the stand-in sends evt_9, invoice.paid about in_9', 'What became of it: tenantry webhooks show evt_9'],
    ]);
    expect(door.heard).toMatchObject([
      {
        method: 'POST',
        path: '/_stand-in/events',
        headers: { authorization: `Bearer ${key}` },
        body: { type: 'invoice.paid', object_id: 'in_9' },
      },
    ]);
  });

  it('tells why the stand-in refuses', async () => {
    answer = { status: 404, body: { error: { message: 'there is no object in_9' } } };
    expect(await trigger(['invoice.paid'], here())).toMatchObject({
      exit: 1,
      notes: ['error: there is no object in_9'],
    });
  });

  it.each([
    [
      'a platform that speaks to Stripe itself',
      { stripe_url: null, stripe_secret_key: null },
      {},
      'speaks to Stripe itself',
    ],
    ['an API elsewhere', here, { BILLING_API_URL: 'https://billing.example.com' }, 'nothing is sent for another API'],
    ['no platform', null, {}, 'names no Stripe stand-in'],
  ])('is refused beside %s, and nothing is sent', async (_, ready, env, why) => {
    const { exit, notes } = await trigger(['invoice.paid'], typeof ready === 'function' ? ready() : ready, env);
    expect(exit).toBe(2);
    expect(notes[0]).toContain(why);
    expect(door.heard).toEqual([]);
  });
});
