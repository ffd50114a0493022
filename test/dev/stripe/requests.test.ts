import { describe, expect, it } from 'vitest';
import { rateLimit } from '../../../dev/stripe/rate-limit.ts';
import { dayMs } from '../../../src/lib/time.ts';
import { openEdge } from './edge.ts';

const key = (name: string) => ({ 'idempotency-key': name });
const create = (name: string, fails?: string) => `name=${name}${fails === undefined ? '' : `&fails=${fails}`}`;

const limited = { status: 429, body: { error: { type: 'invalid_request_error', code: 'rate_limit' } } };

describe('an idempotency key', () => {
  it('is answered the same again for 24 hours, and says so', async () => {
    const { ask, clock } = await openEdge();
    const first = await ask('POST', '/v1/products', create('a'), key('k'));
    const again = await ask('POST', '/v1/products', create('a'), key('k'));
    expect(again.body).toEqual(first.body);
    expect(again.headers.get('idempotent-replayed')).toBe('true');
    expect(again.headers.get('original-request')).toBe(first.headers.get('request-id'));
    expect((await ask('GET', '/v1/events')).body['data']).toHaveLength(1);
    clock.now += dayMs;
    expect((await ask('POST', '/v1/products', create('a'), key('k'))).headers.get('idempotent-replayed')).toBeNull();
  });

  it('refuses other parameters, and another path', async () => {
    const { ask } = await openEdge();
    await ask('POST', '/v1/products', create('a'), key('k'));
    expect(await ask('POST', '/v1/products', create('b'), key('k'))).toMatchObject({
      status: 400,
      body: { error: { type: 'idempotency_error' } },
    });
  });

  it('keeps a declined card and what was written beside it', async () => {
    const { ask } = await openEdge();
    for (let turn = 0; turn < 2; turn++) {
      expect((await ask('POST', '/v1/products', create('a', 'declined'), key('k'))).status).toBe(402);
    }
    expect((await ask('GET', '/v1/events')).body['data']).toHaveLength(1);
  });

  it.each([
    ['refused', 400],
    ['broken', 500],
  ])('keeps nothing of what was %s, and nothing of it is written', async (fails, status) => {
    const { ask, logs } = await openEdge();
    expect((await ask('POST', '/v1/products', create('a', fails), key('k'))).status).toBe(status);
    expect((await ask('GET', '/v1/events')).body['data']).toHaveLength(0);
    expect((await ask('POST', '/v1/products', create('a'), key('k'))).status).toBe(200);
    expect(logs.length).toBe(fails === 'broken' ? 1 : 0);
  });

  it('is told to wait while its first request is under way', async () => {
    const { ask } = await openEdge();
    const answers = await Promise.all(
      Array.from({ length: 5 }, () => ask('POST', '/v1/products', create('a'), key('k'))),
    );
    const made = answers.filter(({ status }) => status === 200);
    expect(made.length).toBeGreaterThanOrEqual(1);
    for (const { status, body } of answers.filter((answer) => answer.status !== 200)) {
      expect([status, body]).toMatchObject([409, { error: { code: 'idempotency_key_in_use' } }]);
    }
    expect((await ask('GET', '/v1/events')).body['data']).toHaveLength(1);
  });

  it('is as good after a restart', async () => {
    const edge = await openEdge();
    await edge.ask('POST', '/v1/products', create('a'), key('k'));
    await edge.reopen();
    expect((await edge.ask('POST', '/v1/products', create('a'), key('k'))).headers.get('idempotent-replayed')).toBe(
      'true',
    );
  });
});

describe('a fault of a request', () => {
  it('500: nothing has happened, and the key works when it comes again', async () => {
    const { ask, fault } = await openEdge();
    await fault({ kind: '500', times: 1 });
    expect((await ask('POST', '/v1/products', create('a'), key('k'))).status).toBe(500);
    expect((await ask('POST', '/v1/products', create('a'), key('k'))).status).toBe(200);
  });

  it('500_stored: nothing has happened, and the key is answered so until another is taken', async () => {
    const { ask, fault } = await openEdge();
    await fault({ kind: '500_stored', times: 1 });
    expect((await ask('POST', '/v1/products', create('a'), key('k'))).status).toBe(500);
    const again = await ask('POST', '/v1/products', create('a'), key('k'));
    expect([again.status, again.headers.get('idempotent-replayed')]).toEqual([500, 'true']);
    expect((await ask('GET', '/v1/events')).body['data']).toHaveLength(0);
    expect((await ask('POST', '/v1/products', create('a'), key('k2'))).status).toBe(200);
  });

  it('timeout_after_accept: it has happened, no answer comes, and the same key gets it', async () => {
    const { ask, fault } = await openEdge();
    await fault({ kind: 'timeout_after_accept', times: 1, hang_ms: 20 });
    await expect(ask('POST', '/v1/products', create('a'), key('k'))).rejects.toThrow();
    expect((await ask('GET', '/v1/events')).body['data']).toHaveLength(1);
    expect((await ask('POST', '/v1/products', create('a'), key('k'))).headers.get('idempotent-replayed')).toBe('true');
  });

  it('refuse: the connection ends and nothing has happened', async () => {
    const { ask, fault } = await openEdge();
    await fault({ kind: 'refuse', times: 1 });
    await expect(ask('POST', '/v1/products', create('a'))).rejects.toThrow();
    expect((await ask('GET', '/v1/events')).body['data']).toHaveLength(0);
  });

  it('429: as from the rate limit, and nothing has happened', async () => {
    const { ask, fault } = await openEdge();
    await fault({ kind: '429', times: 1 });
    expect(await ask('POST', '/v1/products', create('a'), key('k'))).toMatchObject(limited);
    expect((await ask('POST', '/v1/products', create('a'), key('k'))).headers.get('idempotent-replayed')).toBeNull();
  });
});

describe('the rate limit', () => {
  it('answers 429 to what is too much, and forgives with time', () => {
    let now = 0;
    const limit = rateLimit(2, () => now);
    const take = () => Array.from({ length: 4 }, limit);
    expect(take()).toEqual([true, true, false, false]);
    now = 500;
    expect(take()).toEqual([true, false, false, false]);
    now = 100_000;
    expect(take()).toEqual([true, true, false, false]);
  });

  it("is of Stripe's API, not of the control door", async () => {
    const { ask } = await openEdge({ callsPerSecond: 0.001 });
    expect((await ask('GET', '/v1/events')).status).toBe(200);
    expect(await ask('GET', '/v1/events')).toMatchObject(limited);
    expect((await ask('GET', '/_stand-in/faults')).status).toBe(200);
  });
});

describe('a request', () => {
  it('is refused without the key, with another version, at an address that is none, with what is not described', async () => {
    const { ask } = await openEdge();
    expect((await ask('GET', '/v1/events', '', { authorization: 'Bearer sk_test_other' })).status).toBe(401);
    expect((await ask('GET', '/v1/events', '', { 'stripe-version': '2024-06-20' })).status).toBe(400);
    expect((await ask('GET', '/v1/events', '', { 'stripe-version': '2026-10-28.endive' })).status).toBe(200);
    expect((await ask('GET', '/v1/nonsense')).status).toBe(404);
    expect((await ask('POST', '/v2/core/events', 'a=b')).status).toBe(404);
    expect(await ask('POST', '/v1/products', 'name=a&colour=red')).toMatchObject({
      status: 400,
      body: { error: { code: 'parameter_unknown', param: 'colour' } },
    });
  });

  it.each(['Stripe-Account', 'Stripe-Context'])(
    'on another account, by %s, is refused, and nothing has happened',
    async (name) => {
      const { ask } = await openEdge();
      expect(await ask('POST', '/v1/products', create('a'), { [name]: 'acct_1' })).toMatchObject({
        status: 400,
        body: { error: { type: 'invalid_request_error' } },
      });
      expect((await ask('GET', '/v1/events')).body['data']).toHaveLength(0);
    },
  );

  it('of the control door needs the key too, and says what there is', async () => {
    const { ask } = await openEdge();
    expect((await ask('GET', '/_stand-in/faults', '', { authorization: '' })).status).toBe(401);
    const lost = await ask('GET', '/_stand-in/nonsense');
    expect([lost.status, JSON.stringify(lost.body)]).toEqual([404, expect.stringContaining('POST /_stand-in/deliver')]);
    expect((await ask('POST', '/_stand-in/faults', 'no json')).status).toBe(422);
  });
});
