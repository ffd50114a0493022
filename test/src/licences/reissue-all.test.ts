import { decodeProtectedHeader } from 'jose';
import { beforeAll, describe, expect, it } from 'vitest';
import { ensureCluster, makeApi, rootToken, signUp } from '../../harness/worker/api.ts';
import { newLicenceKey, secretOf } from './key-sets.ts';

const api = makeApi(Date.parse('2026-11-20T12:00:00.000Z'));
const secondMs = 1000;
beforeAll(async () => {
  await ensureCluster(api);
});

const licence = async (id: string) => {
  const read = await api.call('GET', `/api/licenses/${id}`, { token: rootToken });
  return read.status === 200 ? ((await read.json()) as { license: string }).license : read.status;
};
const kidOf = (token: unknown) => decodeProtectedHeader(String(token)).kid;
const order = async (body: object) => {
  const answer = await api.call('POST', '/api/licenses/reissue', { token: rootToken, body });
  return { status: answer.status, body: (await answer.json()) as { batch_id: string; matched: number } };
};
const batch = async (id: string) =>
  (await (await api.call('GET', `/api/queue/batches/${id}`, { token: rootToken })).json()) as object;
const revoke = (id: string) =>
  api.call('POST', `/api/licenses/${id}/revoke`, { token: rootToken, body: { reason: 'lost' } });

describe('a new licence for all', () => {
  it('comes under the key that signs, some a second, and not to whoever was revoked before or meanwhile', async () => {
    const [old, next] = [await newLicenceKey(), await newLicenceKey()];
    api.bindings['LICENSE_PRIVATE_KEYS'] = secretOf(old);
    await api.tick();
    const ids: string[] = [];
    for (let n = 0; n < 8; n++) ids.push((await signUp(api)).customer.customer_id);
    const sorted = ids.toSorted();
    const [before = '', ...living] = sorted;
    const meanwhile = living.at(-1) ?? '';
    await revoke(before);
    api.bindings['LICENSE_PRIVATE_KEYS'] = secretOf(next, old);
    await api.tick();
    api.clock.now += 960 * secondMs;
    expect(kidOf(await licence(living[0] ?? ''))).toBe(old.kid);

    const { status, body } = await order({ all: true, reason: 'new key' });
    expect([status, body]).toMatchObject([202, { success: true, reissued: 0, matched: 7 }]);
    // A second's worth is there at once.
    expect(await batch(body.batch_id)).toMatchObject({
      action: 'reissue_licences',
      state: 'running',
      matched: 7,
      done: 5,
      reason: 'new key',
    });
    expect(await licence(meanwhile)).not.toBe(409);
    await revoke(meanwhile);
    api.clock.now += secondMs;
    await api.tick();
    expect(await batch(body.batch_id)).toMatchObject({
      state: 'done',
      done: 6,
      refused: [{ code: 'licence_revoked', items: 1 }],
    });
    expect(await licence(before)).toBe(409);
    expect(await licence(meanwhile)).toBe(409);
    for (const id of living.slice(0, -1)) expect(kidOf(await licence(id))).toBe(next.kid);
    const history = await api.call('GET', `/api/licenses/${living[0]}/history`, { token: rootToken });
    expect(await history.json()).toMatchObject({
      history: [{ action: 'renewed' }, { action: 'generated' }],
      statistics: { totalGenerations: 2, byAction: { renewed: 1, generated: 1 }, byPlan: { starter: 2 } },
    });
  });

  it('is asked for by ids or for all, not both and not neither', async () => {
    expect((await order({ reason: 'x' })).status).toBe(422);
    expect((await order({ all: true, customer_ids: [`cust_${'0'.repeat(32)}`], reason: 'x' })).status).toBe(422);
  });
});
