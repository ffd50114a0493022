import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { route } from '../../../src/contracts/route.ts';
import { endpoint, reply } from '../../../src/http/endpoint.ts';
import { declaredOf, faultOf } from '../../harness/worker/declared.ts';

const answer = z.object({ name: z.string(), parts: z.array(z.object({ size: z.number() })) });
const thing = endpoint({
  ...route({
    operation: 'readThing',
    method: 'get',
    path: '/api/things/:thingId',
    summary: 'A thing',
    allow: { admin: 'viewer' },
    answers: { 200: answer, 304: null },
    text: 'text/csv',
    failures: ['key_revoked'],
  }),
  handle: async () => reply(200, { name: 'n', parts: [] }),
});
const declared = declaredOf([thing]);
const faultIn = (response: Response) => faultOf(declared, 'GET', '/api/things/t?x=1', response);
const problem = (status: number, code: string) =>
  Response.json(
    { success: false, error: 'e', code, message: 'm', details: {}, timestamp: 't', request_id: 'r' },
    { status },
  );

describe('what a test holds every answer to', () => {
  it('takes what a route declares and what follows from it', async () => {
    const good = { name: 'n', parts: [{ size: 1 }] };
    expect(await faultIn(Response.json(good))).toBeNull();
    expect(await faultIn(new Response(null, { status: 304 }))).toBeNull();
    expect(await faultIn(new Response('a;b', { headers: { 'content-type': 'text/csv' } }))).toBeNull();
    expect(await faultIn(problem(409, 'key_revoked'))).toBeNull();
    expect(await faultIn(problem(404, 'not_found'))).toBeNull();
    expect(await faultIn(problem(403, 'forbidden'))).toBeNull();
    expect(await faultOf(declared, 'GET', '/elsewhere', new Response('x', { status: 200 }))).toBeNull();
  });

  it.each([
    ['a code that is not declared', problem(409, 'last_key'), 'last_key'],
    ['a code of another status', problem(400, 'key_revoked'), 'in the place of 409'],
    ['an error of another shape', Response.json({ error: 'no' }, { status: 404 }), 'another shape'],
    ['an undeclared status', Response.json({ name: 'n', parts: [] }, { status: 202 }), 'status 202'],
    ['a body that is not of its schema', Response.json({ name: 7, parts: [] }), 'not of its schema'],
    ['a field more', Response.json({ name: 'n', parts: [], secret: 's' }), 'secret'],
    [
      'a field more, deep inside',
      Response.json({ name: 'n', parts: [{ size: 1 }, { size: 2, cost: 3 }] }),
      'parts[1].cost',
    ],
    ['text of another type', new Response('<p>', { headers: { 'content-type': 'text/html' } }), 'text/html'],
  ])('refuses %s', async (_, response, told) => {
    expect(await faultIn(response)).toContain(told);
  });
});
