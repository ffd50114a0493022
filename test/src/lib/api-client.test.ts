/** What the one client makes of answers, silence and half answers; a transport answers as each test says. */
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import {
  type ApiClientOptions,
  answerBytesMax,
  type Outgoing,
  openApiClient,
  sentenceOf,
  type Transport,
} from '../../../src/lib/api-client.ts';
import { dispatcherTransport } from '../../../src/lib/dispatcher-transport.ts';

const form = z.object({ n: z.number() });
const now = Date.parse('2026-11-21T10:00:00Z');

type Asked = Outgoing & { url: string };

function open(answer: (nth: number) => Response | Promise<Response>, options: Partial<ApiClientOptions> = {}) {
  const asked: Asked[] = [];
  const slept: number[] = [];
  const transport: Transport = async (url, outgoing) => {
    asked.push({ ...outgoing, url });
    return await answer(asked.length);
  };
  const client = openApiClient({
    baseUrl: 'https://api.example/base/',
    credential: () => `key-${asked.length + 1}`,
    transport,
    now: () => now,
    timeoutMs: 5_000,
    retries: {
      attemptsMax: 3,
      waitMsMax: 15_000,
      backoff: { baseMs: 100, maxMs: 150, jitter: 0.5 },
      sleep: async (ms) => void slept.push(ms),
      random: () => 0,
    },
    ...options,
  });
  return { client, asked, slept };
}

const get = { method: 'GET', path: '/thing' } as const;
const post = { method: 'POST', path: '/thing', body: { a: 1 } } as const;
const json = (status: number, body: unknown, headers = {}) => Response.json(body, { status, headers });
const problem = (status: number, code: string, headers = {}) =>
  json(status, { success: false, code, message: 'said so', request_id: 'req_1' }, headers);

describe('a call', () => {
  it('goes to the path under the base URL, with the credential of now, and comes back by its form', async () => {
    const { client, asked } = open(() => json(200, { n: 1, more: true }));
    expect(await client.ask({ ...get, query: { q: 'a b', none: undefined } }, form)).toEqual({
      ok: true,
      value: { n: 1 },
    });
    expect(asked[0]).toMatchObject({
      url: 'https://api.example/base/thing?q=a+b',
      method: 'GET',
      redirect: 'manual',
      headers: { authorization: 'Bearer key-1' },
    });
    expect(asked[0]).not.toHaveProperty('body');
  });

  it('reads an empty body as null', async () => {
    const { client } = open(() => new Response(null, { status: 204 }));
    expect(await client.ask(post, form.nullable())).toEqual({ ok: true, value: null });
  });

  it('takes a page of something in between for no empty body', async () => {
    const { client } = open(() => new Response('<html>welcome</html>', { status: 200 }));
    const got = await client.ask(post, form.nullable());
    expect(!got.ok && got.error.kind).toBe('unexpected');
  });

  it('is one of no credential when that cannot be read, with the reason', async () => {
    const credential = () => {
      throw new Error('ENOENT key');
    };
    const { client, asked } = open(() => json(200, { n: 1 }), { credential });
    const answer = await client.ask(get, form);
    expect(!answer.ok && sentenceOf(answer.error)).toBe('there is no credential: ENOENT key');
    expect(asked).toEqual([]);
  });
});

describe('what an answer means', () => {
  it.each([408, 425, 429, 500, 502, 503, 504, 599])('%i is not now, and asked again', async (status) => {
    const { client, asked, slept } = open((nth) => (nth === 1 ? problem(status, 'x') : json(200, { n: 1 })));
    expect((await client.ask(get, form)).ok).toBe(true);
    expect(asked).toHaveLength(2);
    expect(slept).toEqual([50]);
  });

  it.each([400, 401, 403, 404, 409, 413, 422])('%i is no, and not asked again', async (status) => {
    const { client, asked } = open(() => problem(status, 'no_such'));
    const answer = await client.ask(get, form);
    expect(!answer.ok && answer.error).toMatchObject({ kind: 'refused', status, code: 'no_such', requestId: 'req_1' });
    expect(!answer.ok && sentenceOf(answer.error)).toBe(`the API answered ${status} no_such: said so (request req_1)`);
    expect(asked).toHaveLength(1);
  });

  it('its own first attempt that still runs is not now', async () => {
    const { client } = open((nth) => (nth === 1 ? problem(409, 'idempotency_in_progress') : json(200, { n: 1 })));
    expect((await client.ask({ ...post, key: 'k' }, form)).ok).toBe(true);
  });

  it.each([
    ['no JSON', () => new Response('<html>', { status: 200 }), /answered 200, but not in JSON/],
    ['another form', () => json(200, { n: 'one' }), /answered 200 in a form .* \(n\)/],
    ['not the API', () => json(404, { error: 'Cannot GET' }), /answered 404, not as this API does/],
    ['a redirect', () => new Response(null, { status: 302, headers: { location: 'https://b' } }), /answered 302/],
  ])('%s is unexpected, and not asked again', async (_, answer, message) => {
    const { client, asked } = open(answer);
    const got = await client.ask(get, form);
    expect(!got.ok && got.error.kind).toBe('unexpected');
    expect(!got.ok && sentenceOf(got.error)).toMatch(message);
    expect(asked).toHaveLength(1);
  });

  it('an answer without end is not read to its end', async () => {
    let pulled = 0;
    const chunk = new Uint8Array(64 * 1024);
    const endless = () =>
      new Response(
        new ReadableStream({
          pull: (controller) => {
            pulled += chunk.byteLength;
            controller.enqueue(chunk);
          },
        }),
      );
    const { client } = open(endless);
    const got = await client.ask(get, form);
    expect(!got.ok && got.error).toMatchObject({ kind: 'unexpected', status: 200 });
    expect(pulled).toBeLessThan(2 * answerBytesMax);
  });
});

describe('nobody answers', () => {
  const refused = () => {
    throw new TypeError('fetch failed', { cause: new Error('connect ECONNREFUSED') });
  };

  it('is asked again within the budget, and told with the innermost reason and the cause', async () => {
    const { client, asked, slept } = open(refused);
    const answer = await client.ask(get, form);
    expect(!answer.ok && answer.error).toMatchObject({
      kind: 'unreachable',
      status: null,
      message: 'cannot reach https://api.example: connect ECONNREFUSED',
    });
    expect(!answer.ok && answer.error.cause).toBeInstanceOf(TypeError);
    expect(asked).toHaveLength(3);
    expect(slept).toEqual([50, 75]);
  });

  it('or not to the end, which is the same', async () => {
    const half = () =>
      new Response(
        new ReadableStream({
          pull: (controller) => controller.error(new Error('other side closed')),
        }),
      );
    const { client, asked } = open((nth) => (nth === 1 ? half() : json(200, { n: 2 })));
    expect(await client.ask(get, form)).toEqual({ ok: true, value: { n: 2 } });
    expect(asked).toHaveLength(2);
  });

  it('in time: the call ends when its time is over', async () => {
    const silent: Transport = (_, { signal }) =>
      new Promise((_resolve, reject) => {
        signal.addEventListener('abort', () => reject(signal.reason));
      });
    const client = openApiClient({
      baseUrl: 'https://api.example',
      credential: () => 'k',
      transport: silent,
      now: () => now,
      timeoutMs: 60_000,
    });
    const answer = await client.ask({ ...get, timeoutMs: 20 }, form);
    expect(!answer.ok && answer.error.message).toBe('cannot reach https://api.example: no answer within 20 ms');
  });
});

describe('what may be sent again', () => {
  const down = () => problem(503, 'unavailable');

  it.each([
    ['a GET', get, 3],
    ['a POST', post, 1],
    ['a PUT', { ...post, method: 'PUT' } as const, 1],
    ['a POST with a key', { ...post, key: 'k' }, 3],
    ['a POST that is known by its body', { ...post, repeatable: true }, 3],
    ['a GET that costs something', { ...get, repeatable: false }, 1],
  ])('%s', async (_, call, attempts) => {
    const { client, asked } = open(down);
    expect((await client.ask(call, form)).ok).toBe(false);
    expect(asked).toHaveLength(attempts);
    expect(new Set(asked.map(({ headers }) => headers['idempotency-key'])).size).toBe(1);
  });

  it('nothing, where the caller decides when', async () => {
    const asked: string[] = [];
    const client = openApiClient({
      baseUrl: 'https://api.example',
      credential: () => 'k',
      transport: async (url) => {
        asked.push(url);
        return down();
      },
      now: () => now,
      timeoutMs: 1_000,
    });
    expect((await client.ask(get, form)).ok).toBe(false);
    expect(asked).toHaveLength(1);
  });
});

describe('Retry-After', () => {
  it.each([
    ['5', 5_000],
    [' 7 ', 7_000],
    ['Sat, 21 Nov 2026 10:00:07 GMT', 7_000],
    ['Sat, 21 Nov 2026 09:00:00 GMT', 0],
    ['99999999', 3_600_000],
    ['9'.repeat(30), null],
    ['soon', null],
  ])('%s is %s ms', async (header, retryAfterMs) => {
    const { client } = open(() => problem(503, 'x', { 'retry-after': header }));
    const answer = await client.ask({ ...get, repeatable: false }, form);
    expect(!answer.ok && answer.error.retryAfterMs).toBe(retryAfterMs);
  });

  it('is waited for, with a share of its own on top, when it is short enough', async () => {
    const { client, slept } = open(() => problem(503, 'x', { 'retry-after': '15' }), {});
    await client.ask(get, form);
    expect(slept).toEqual([15_000, 15_000]);
    const long = open(() => problem(503, 'x', { 'retry-after': '16' }));
    await long.client.ask(get, form);
    expect(long.slept).toEqual([]);
  });
});

describe('an undici dispatcher as the transport', () => {
  it('gives what was asked, and the answer by its headers’ names', async () => {
    const heard: unknown[] = [];
    const transport = dispatcherTransport({
      async request(options) {
        heard.push({ ...options, signal: undefined });
        const body = (async function* () {
          yield new TextEncoder().encode('{"n":');
          yield new TextEncoder().encode('4}');
        })();
        return { statusCode: 200, headers: { 'retry-after': ['3', '4'] }, body };
      },
    });
    const { client } = open(() => json(500, {}), { transport });
    expect(await client.ask({ ...post, query: { a: 1 } }, form)).toEqual({ ok: true, value: { n: 4 } });
    expect(heard).toMatchObject([
      { origin: 'https://api.example', path: '/base/thing?a=1', method: 'POST', body: '{"a":1}' },
    ]);
  });
});
