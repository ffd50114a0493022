/** A request whose body takes its time: what its sender may do is what they may do when it is there, not when it began. */
import { beforeAll, describe, expect, it } from 'vitest';
import { ensureCluster, makeApi, rootToken, signUp } from '../../harness/worker/api.ts';

const api = makeApi(Date.parse('2026-11-20T12:00:00.000Z'));
const control = api.bindings['CONTROL'] as D1Database;
beforeAll(async () => {
  await ensureCluster(api);
});

/** A request for another account key, whose body ends when it is told to. */
function slowly(id: string, headers: Record<string, string>) {
  const begun = Promise.withResolvers<void>();
  const rest = Promise.withResolvers<void>();
  const raw = new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        begun.resolve();
        await rest.promise;
        controller.enqueue(new TextEncoder().encode('{"name": "kept"}'));
        controller.close();
      },
    },
    { highWaterMark: 0 },
  );
  const json = { 'content-type': 'application/json' };
  const answer = api.call('POST', `/api/customers/${id}/api-keys`, { raw, headers: { ...json, ...headers } });
  return { begun: begun.promise, end: rest.resolve, answer };
}

const keysOf = async (id: string) =>
  (await control.prepare("SELECT name FROM credentials WHERE owner_id = ? AND name = 'kept'").bind(id).all()).results;

describe('a body that takes its time', () => {
  it('does nothing for a key that is revoked before its end', async () => {
    const { api_key: token, customer } = await signUp(api);
    const { customer_id: id } = customer;
    const asked = slowly(id, { authorization: `Bearer ${token}` });
    await asked.begun;
    const { results } = await control.prepare('SELECT id FROM credentials WHERE owner_id = ?').bind(id).all();
    const [key] = results as { id: string }[];
    const revoked = await api.call('DELETE', `/api/customers/${id}/api-keys/${key?.id}`, { token: rootToken });
    expect(revoked.status).toBe(204);
    api.clock.now += 1000;
    asked.end();
    const answer = await asked.answer;
    expect([answer.status, await answer.json()]).toMatchObject([401, { code: 'unauthenticated' }]);
    expect(await keysOf(id)).toEqual([]);
  });

  it('does what it says for a key that is live at its end', async () => {
    const { api_key: token, customer } = await signUp(api);
    const asked = slowly(customer.customer_id, { authorization: `Bearer ${token}` });
    await asked.begun;
    api.clock.now += 600_000;
    asked.end();
    expect((await asked.answer).status).toBe(201);
    expect(await keysOf(customer.customer_id)).toHaveLength(1);
  });
});
