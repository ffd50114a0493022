import { describe, expect, it } from 'vitest';
import { makeApi, rootToken } from '../../harness/worker/api.ts';
import { inboxOf, startAt } from '../../harness/worker/inbox.ts';
import { eventOf, type Json, stripeError } from '../../harness/worker/stripe-events.ts';

const hourMs = 3_600_000;
const dayMs = 24 * hourMs;
const { api, stripe, control, known } = inboxOf(['batches']);

const get = async (path: string) => (await api.call('GET', path, { token: rootToken })).json() as Promise<Json>;
const post = (path: string, body: unknown = {}) => api.call('POST', path, { token: rootToken, body });
const codeOf = async (response: Response) => [response.status, ((await response.json()) as { code?: string }).code];
const named = (list: Json) => (list['items'] as { event_id: string }[]).map(({ event_id }) => event_id);
const ping = (more: Json = {}) => eventOf('some.type', { id: 'x_1', customer: known.cus }, more);
const states = async () =>
  (await control.prepare('SELECT id, state FROM stripe_events ORDER BY id').all<{ id: string; state: string }>())
    .results;

describe('GET /api/webhooks/events', () => {
  it('shows what came, newest first, and finds it by state, type, customer and parts of ids', async () => {
    const events = [ping(), eventOf('other.type', { id: 'y_77' }), ping({ type: 'third.type' })];
    for (const event of events) {
      await stripe.deliver(event);
      api.clock.now += 1000;
    }
    const [first, second, third] = events.map(({ id }) => id);
    await stripe.consume([first ?? '']);
    const all = await get('/api/webhooks/events');
    expect(all).toMatchObject({ total: 3, page: 1, limit: 20 });
    expect(named(all)).toEqual([third, second, first]);
    expect((all['items'] as Json[])[2]).toEqual({
      event_id: first,
      type: 'some.type',
      object_id: 'x_1',
      customer_id: known.customerId,
      state: 'ignored',
      attempts: 1,
      fetch_seq: null,
      received_at: '2026-05-28T20:26:40.000Z',
      processed_at: '2026-05-28T20:26:43.000Z',
      error: null,
    });
    expect(named(await get('/api/webhooks/events?state=received'))).toEqual([third, second]);
    expect(named(await get('/api/webhooks/events?type=other.type'))).toEqual([second]);
    expect(named(await get(`/api/webhooks/events?customer_id=${known.customerId}`))).toEqual([third, first]);
    expect(named(await get('/api/webhooks/events?q=y_77'))).toEqual([second]);
    expect(named(await get(`/api/webhooks/events?q=${first}`))).toEqual([first]);
    expect(named(await get('/api/webhooks/events?limit=1&page=2'))).toEqual([second]);
  });

  it('knows no event that did not come', async () => {
    expect(await codeOf(await api.call('GET', '/api/webhooks/events/evt_none', { token: rootToken }))).toEqual([
      404,
      'not_found',
    ]);
    expect(await codeOf(await post('/api/webhooks/events/evt_none/replay'))).toEqual([404, 'not_found']);
  });
});

describe('a replay', () => {
  const dead = async (type: string) => {
    const event = ping({ type });
    api.clock.now += 1000;
    await stripe.deliver(event);
    await control
      .prepare(
        "UPDATE stripe_events SET state = 'dead', attempts = 20, error_code = 'api_error', error_message = 'm' WHERE id = ?",
      )
      .bind(event.id)
      .run();
    return event.id;
  };

  it('of one is said in the log, and waits for nothing that is under way or done', async () => {
    const id = await dead('some.type');
    const answer = await post(`/api/webhooks/events/${id}/replay`);
    expect(answer.status).toBe(202);
    const event = { event_id: id, state: 'received', attempts: 0, error: null };
    expect((await answer.json()) as Json).toMatchObject({ success: true, event });
    expect(stripe.queued.at(-1)).toBe(id);
    expect(await codeOf(await post(`/api/webhooks/events/${id}/replay`))).toEqual([409, 'event_not_replayable']);
    const audit = await control
      .prepare("SELECT details FROM audit_log WHERE action = 'webhook.replayed' AND subject = ?")
      .bind(id)
      .first<string>('details');
    expect(JSON.parse(audit ?? '')).toEqual({ type: 'some.type', state: 'dead' });
  });

  it('of all that are dead goes at its rate, and says what became of each', async () => {
    const ids = [await dead('some.type'), await dead('some.type'), await dead('some.type')];
    const other = await dead('other.type');
    const answer = await post('/api/webhooks/events/replay', { state: 'dead', type: 'some.type', rate: 1 });
    expect(answer.status).toBe(202);
    const { batch_id, events } = (await answer.json()) as { batch_id: string; events: number };
    expect(events).toBe(3);
    expect((await states()).filter(({ state }) => state === 'received')).toHaveLength(1);
    // Somebody has one of the others processed meanwhile.
    await control.prepare("UPDATE stripe_events SET state = 'processed' WHERE id = ?").bind(ids[1]).run();
    api.clock.now += 2000;
    await api.tick();
    expect(await get(`/api/queue/batches/${batch_id}`)).toMatchObject({
      action: 'replay_events',
      state: 'done',
      matched: 3,
      done: 2,
      refused: [{ code: 'event_not_replayable', items: 1 }],
    });
    expect(Object.fromEntries((await states()).map(({ id, state }) => [id, state]))).toEqual({
      [ids[0] ?? '']: 'ignored',
      [ids[1] ?? '']: 'processed',
      [ids[2] ?? '']: 'ignored',
      [other]: 'dead',
    });
  });
});

describe('catching up', () => {
  /** Stripe's list of these events: newest first, in pages, as its parameters ask. */
  function lists(events: readonly { id: string; created: number }[], pageSize = 100) {
    stripe.answers.set('GET /v1/events', (_, query) => {
      const [gte, lt] = ['created[gte]', 'created[lt]'].map((name) => Number(query.get(name)));
      const all = events
        .filter(({ created }) => created >= (gte ?? 0) && created < (lt ?? 0))
        .toSorted((a, b) => b.created - a.created);
      const from = all.findIndex(({ id }) => id === query.get('starting_after')) + 1;
      const data = all.slice(from, from + pageSize);
      return { object: 'list', data, has_more: from + data.length < all.length, url: '/v1/events' };
    });
  }
  const happened = (ago: number) =>
    ping({ created: Math.floor((startAt - ago) / 1000) }) as unknown as Json & { id: string; created: number };
  const listCalls = () => stripe.calls.filter(({ name }) => name === 'GET /v1/events').length;

  it('takes in what Stripe lists and the inbox does not have, to the last page, and processes it', async () => {
    const events = Array.from({ length: 25 }, (_, n) => happened(n * 1_000 + 2 * hourMs));
    const old = happened(29 * dayMs);
    const [known] = events;
    if (known) await stripe.deliver(known);
    lists([...events, old], 7);
    const answer = await post('/api/webhooks/catch-up', { from: new Date(startAt - 5 * hourMs).toISOString() });
    expect(answer.status).toBe(202);
    const { batch_id, from } = (await answer.json()) as { batch_id: string; from: string };
    expect(from).toBe(new Date(startAt - 5 * hourMs).toISOString());
    expect(await states()).toHaveLength(25);
    expect(new Set(stripe.queued)).toEqual(new Set(events.map(({ id }) => id)));
    await stripe.consume();
    expect((await states()).every(({ state }) => state === 'ignored')).toBe(true);
    expect(await get(`/api/queue/batches/${batch_id}`)).toMatchObject({
      action: 'catch_up',
      state: 'done',
      matched: 6,
      done: 6,
    });
    await post('/api/webhooks/catch-up', { from: new Date(startAt - 5 * hourMs).toISOString() });
    expect(await states()).toHaveLength(25);
    expect(stripe.queued).toEqual([]);
  });

  it('goes back 30 days, as far as Stripe’s list goes, when nobody says from when', async () => {
    const old = happened(30 * dayMs - 1000);
    lists([old]);
    const answer = await post('/api/webhooks/catch-up', {});
    expect(((await answer.clone().json()) as { from: string }).from).toBe(new Date(startAt - 30 * dayMs).toISOString());
    // The oldest first: they are the next to leave the list.
    expect((await states()).map(({ id }) => id)).toEqual([old.id]);
    const { batch_id } = (await answer.json()) as { batch_id: string };
    expect(await get(`/api/queue/batches/${batch_id}`)).toMatchObject({ matched: 721, state: 'running' });
  });

  it('goes on where it broke off when Stripe was away', async () => {
    const events = [happened(3 * hourMs), happened(hourMs)];
    stripe.answers.set('GET /v1/events', () => stripeError(403, 'key_expired'));
    const answer = await post('/api/webhooks/catch-up', { from: new Date(startAt - 4 * hourMs).toISOString() });
    expect(answer.status).toBe(202);
    api.clock.now += 60_000;
    await api.tick();
    expect(await states()).toEqual([]);
    lists(events);
    api.clock.now += 60_000;
    await api.tick();
    expect(await states()).toHaveLength(2);
    const { batch_id } = (await answer.json()) as { batch_id: string };
    expect(await get(`/api/queue/batches/${batch_id}`)).toMatchObject({ state: 'done' });
  });

  it('needs a key', async () => {
    const bindings = { STRIPE_SECRET_KEY: undefined };
    const answer = await api.call('POST', '/api/webhooks/catch-up', { token: rootToken, body: {}, bindings });
    expect(await codeOf(answer)).toEqual([503, 'stripe_unavailable']);
  });

  it('is done each hour by cron, back to the hour in which cron last did it, however long that is ago', async () => {
    const onTheHour = Math.ceil(startAt / hourMs) * hourMs;
    lists([]);
    api.clock.now = onTheHour;
    await api.tick();
    expect(listCalls()).toBe(1);
    api.clock.now += 60_000;
    await api.tick();
    expect(listCalls()).toBe(1);
    // Nothing runs for 71 hours, in which Stripe has sent in vain.
    const missed = [onTheHour + 60_000, onTheHour + 30 * hourMs, onTheHour + 70 * hourMs].map((at) =>
      happened(startAt - at),
    );
    lists(missed);
    api.clock.now = onTheHour + 71 * hourMs;
    await api.tick();
    api.clock.now += 60_000;
    await api.tick();
    expect(new Set((await states()).map(({ id }) => id))).toEqual(new Set(missed.map(({ id }) => id)));
    // 73 hours: those of the first tick, and in the second fifty, which are decided about together, and the rest.
    expect(listCalls()).toBe(1 + 3);
  });

  it('is left to nobody without a key', async () => {
    lists([]);
    api.clock.now = Math.ceil(startAt / hourMs) * hourMs;
    const before = api.bindings['STRIPE_SECRET_KEY'];
    const keyless = makeApi(api.clock.now);
    await keyless.tick();
    expect(before).toBeDefined();
    expect(listCalls()).toBe(0);
    expect(await control.prepare('SELECT count(*) n FROM batches').first('n')).toBe(0);
  });
});
