/** Account keys in the hands of their customer: made, rotated with an overlap, revoked, but never the last. */
import { beforeAll, describe, expect, it } from 'vitest';
import { ensureCluster, makeApi, rootToken, signUp } from '../../harness/worker/api.ts';

const startAt = Date.parse('2026-11-20T12:30:00.000Z');
const api = makeApi(startAt);
beforeAll(async () => {
  await ensureCluster(api);
});

interface Key {
  key_id: string;
  api_key: string;
}
interface Listed {
  key_id: string;
  name: string | null;
  expires_at: string | null;
  last_used_on: string | null;
  rotated_to: string | null;
  revoked_at: string | null;
}

async function customer() {
  api.clock.now = startAt;
  const who = await signUp(api);
  const path = `/api/customers/${who.customer.customer_id}/api-keys`;
  const call = (method: string, rest: string, body?: unknown, token = who.api_key) =>
    api.call(method, `${path}${rest}`, { token, ...(body === undefined ? {} : { body }) });
  const listed = async (token = who.api_key) =>
    ((await (await call('GET', '', undefined, token)).json()) as { items: Listed[] }).items;
  const [first] = await listed();
  return { key: who.api_key, keyId: first?.key_id ?? '', path, call, listed };
}

describe('an account key', () => {
  it('makes, lists and revokes the keys of its own customer', async () => {
    const { call, listed, keyId } = await customer();
    const made = await call('POST', '', { name: 'ci', expires_at: '2026-12-01T00:00:00Z' });
    expect(made.status).toBe(201);
    const second = (await made.json()) as Key;
    const items = await listed(second.api_key);
    expect(items.find((item) => item.key_id === second.key_id)).toMatchObject({
      name: 'ci',
      expires_at: '2026-12-01T00:00:00.000Z',
      rotated_to: null,
      revoked_at: null,
    });
    expect((await call('DELETE', `/${second.key_id}`)).status).toBe(204);
    expect((await call('GET', '', undefined, second.api_key)).status).toBe(401);
    expect((await call('DELETE', `/${second.key_id}`)).status).toBe(404);
    const last = await call('DELETE', `/${keyId}`);
    expect([last.status, await last.json()]).toMatchObject([409, { code: 'last_key' }]);
    expect((await call('DELETE', `/${keyId}`, undefined, rootToken)).status).toBe(204);
  });

  it('touches nobody else’s keys', async () => {
    const [mine, theirs] = [await customer(), await customer()];
    expect((await mine.call('DELETE', `/${theirs.keyId}`)).status).toBe(404);
    expect((await mine.call('POST', `/${theirs.keyId}/rotate`, {})).status).toBe(404);
    expect((await api.call('POST', theirs.path, { token: mine.key, body: {} })).status).toBe(404);
  });

  it('ends at its expiry, and cannot be made with one that has passed', async () => {
    const { call } = await customer();
    const key = (await (await call('POST', '', { expires_at: '2026-11-20T12:30:10Z' })).json()) as Key;
    expect((await call('GET', '', undefined, key.api_key)).status).toBe(200);
    api.clock.now = Date.parse('2026-11-20T12:30:10Z');
    expect((await call('GET', '', undefined, key.api_key)).status).toBe(401);
    expect((await call('POST', '', { expires_at: '2026-11-20T12:30:10Z' })).status).toBe(422);
  });

  it('leaves one that stays, whoever revokes at once', async () => {
    const { call, keyId, key } = await customer();
    const second = (await (await call('POST', '', {})).json()) as Key;
    const answers = await Promise.all([
      call('DELETE', `/${second.key_id}`),
      call('DELETE', `/${keyId}`, undefined, second.api_key),
    ]);
    expect(answers.map((answer) => answer.status).sort()).toEqual([204, 409]);
    const alive = await Promise.all([key, second.api_key].map((token) => call('GET', '', undefined, token)));
    expect(alive.map((answer) => answer.status).sort()).toEqual([200, 401]);
  });
});

describe('a rotation', () => {
  it('makes a key of the same name and life, and lets the old one work on for the overlap', async () => {
    const { call, listed } = await customer();
    const old = (await (await call('POST', '', { name: 'ci', expires_at: '2026-11-30T12:30:00Z' })).json()) as Key;
    api.clock.now += 3_600_000;
    const answer = await call('POST', `/${old.key_id}/rotate`, { overlap_seconds: 60 }, old.api_key);
    expect(answer.status).toBe(201);
    const next = (await answer.json()) as Key & { old_revoked_at: string };
    expect(next.old_revoked_at).toBe('2026-11-20T13:31:00.000Z');
    expect(await listed()).toEqual(
      expect.arrayContaining([
        expect.objectContaining({ key_id: old.key_id, rotated_to: next.key_id, revoked_at: next.old_revoked_at }),
        expect.objectContaining({ key_id: next.key_id, name: 'ci', expires_at: '2026-11-30T13:30:00.000Z' }),
      ]),
    );
    const works = async (token: string) => (await call('GET', '', undefined, token)).status;
    expect([await works(old.api_key), await works(next.api_key)]).toEqual([200, 200]);
    api.clock.now = Date.parse(next.old_revoked_at);
    expect([await works(old.api_key), await works(next.api_key)]).toEqual([401, 200]);
  });

  it('lasts a day unless told otherwise, and happens once, whoever asks at once', async () => {
    const { call, keyId } = await customer();
    const answers = await Promise.all([1, 2, 3].map(() => call('POST', `/${keyId}/rotate`, {})));
    expect(answers.map((answer) => answer.status).sort()).toEqual([201, 409, 409]);
    const codes = await Promise.all(answers.map(async (answer) => (await answer.json()) as Record<string, string>));
    expect(codes.find((body) => body['old_revoked_at'])).toMatchObject({ old_revoked_at: '2026-11-21T12:30:00.000Z' });
    expect(codes.filter((body) => body['code'] === 'already_rotated')).toHaveLength(2);
  });

  it('without an overlap ends the old key at once, and an old key in its overlap can be ended earlier', async () => {
    const { call, keyId, key } = await customer();
    const next = (await (await call('POST', `/${keyId}/rotate`, { overlap_seconds: 0 })).json()) as Key;
    expect((await call('GET', '', undefined, key)).status).toBe(401);
    const third = (await (await call('POST', `/${next.key_id}/rotate`, {}, next.api_key)).json()) as Key;
    // The old one would lock its customer out tomorrow: only the new one counts as a key that stays.
    const refused = await call('DELETE', `/${third.key_id}`, undefined, next.api_key);
    expect(await refused.json()).toMatchObject({ code: 'last_key' });
    expect((await call('DELETE', `/${next.key_id}`, undefined, third.api_key)).status).toBe(204);
    expect((await call('GET', '', undefined, next.api_key)).status).toBe(401);
  });
});
