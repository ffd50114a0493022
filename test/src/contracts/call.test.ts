/** The call that is made of a route's data, and what it makes of the answer. */
import { describe, expect, expectTypeOf, it } from 'vitest';
import { z } from 'zod';
import { callRoute } from '../../../src/contracts/call.ts';
import { route } from '../../../src/contracts/route.ts';
import { type Outgoing, openApiClient } from '../../../src/lib/api-client.ts';

const change = route({
  operation: 'changeThing',
  method: 'post',
  path: '/api/things/:thingId/parts/:part',
  summary: 'for this test',
  allow: { account: 'viewer' },
  body: z.strictObject({ size: z.number() }),
  query: z.object({ unit: z.string().optional() }),
  answers: { 201: z.object({ done: z.literal(true) }), 204: null, 202: z.object({ later: z.string() }) },
  preview: true,
});

function clientThatGets(status: number, body: string) {
  const sent: { url: string; outgoing: Outgoing }[] = [];
  const client = openApiClient({
    baseUrl: 'https://api.test',
    credential: () => null,
    transport: async (url, outgoing) => {
      sent.push({ url, outgoing });
      return {
        status,
        headers: new Headers(),
        body: (async function* () {
          yield new TextEncoder().encode(body);
        })(),
      };
    },
    now: () => 0,
    timeoutMs: 1000,
  });
  return { client, sent };
}

const input = { params: { thingId: 'a/b', part: 'ä?' }, body: { size: 1 }, query: { unit: 'mm' } };

describe('a call of a route', () => {
  it('has its method, its path with what was given encoded, its query and its body, and no credential of its own', async () => {
    const { client, sent } = clientThatGets(201, '{"done":true}');
    const answer = await callRoute(client, change, { ...input, preview: true }, { key: 'k'.repeat(16) });
    expect(answer).toEqual({ ok: true, value: { done: true } });
    expectTypeOf(answer).toExtend<{ ok: boolean }>();
    expect(sent[0]?.url).toBe('https://api.test/api/things/a%2Fb/parts/%C3%A4%3F?unit=mm&preview=true');
    expect(sent[0]?.outgoing).toMatchObject({ method: 'POST', body: '{"size":1}' });
    expect(sent[0]?.outgoing.headers).toEqual({
      accept: 'application/json',
      'content-type': 'application/json',
      'idempotency-key': 'k'.repeat(16),
    });
  });

  it('is answered by what any of its good statuses may have, or by nothing', async () => {
    expect(await callRoute(clientThatGets(202, '{"later":"x"}').client, change, input)).toMatchObject({
      value: { later: 'x' },
    });
    expect(await callRoute(clientThatGets(204, '').client, change, input)).toEqual({ ok: true, value: null });
  });

  it('says that something else has answered, when it was HTML or of another form', async () => {
    for (const body of ['<!doctype html>', '{"done":false}']) {
      const answer = await callRoute(clientThatGets(201, body).client, change, input);
      expect(answer).toMatchObject({ ok: false, error: { kind: 'unexpected' } });
    }
  });

  it('asks nothing for an id that a URL would lose, with the segment before it', async () => {
    for (const part of ['', '.', '..']) {
      const { client, sent } = clientThatGets(201, '{"done":true}');
      const answer = await callRoute(client, change, { ...input, params: { thingId: 'a', part } });
      expect(answer).toMatchObject({ ok: false, error: { kind: 'refused', code: 'not_found' } });
      expect(sent).toEqual([]);
    }
  });

  it('needs what the path names', () => {
    // @ts-expect-error: `part` is missing
    const wrong: Parameters<typeof callRoute<typeof change>>[2] = { params: { thingId: 'a' }, body: { size: 1 } };
    expect(wrong).toBeDefined();
  });
});
