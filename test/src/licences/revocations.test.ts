import { compactVerify, createLocalJWKSet, decodeProtectedHeader, type JSONWebKeySet } from 'jose';
import { beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { ensureCluster, makeApi, rootToken, signUp } from '../../harness/worker/api.ts';
import { newLicenceKey, secretOf, type TestKey } from './key-sets.ts';

const startAt = Date.parse('2026-11-20T12:31:00.000Z');
const dayMs = 86_400_000;
const api = makeApi(startAt);
let old: TestKey;
let next: TestKey;
beforeAll(async () => {
  [old, next] = await Promise.all([newLicenceKey(), newLicenceKey()]);
  api.bindings['LICENSE_PRIVATE_KEYS'] = secretOf(old);
  await ensureCluster(api);
});
beforeEach(() => {
  api.clock.now = startAt;
  api.bindings['LICENSE_PRIVATE_KEYS'] = secretOf(old);
});

interface List {
  iat: number;
  exp: number;
  jtis: string[];
  kids: string[];
}

/** The list as a verifier has it: its signature by the published keys is checked. */
async function listed() {
  const read = await api.call('GET', '/api/licenses/revocations');
  const { revocations } = (await read.json()) as { revocations: string };
  const jwks = (await (await api.call('GET', '/.well-known/jwks.json')).json()) as JSONWebKeySet;
  const { payload } = await compactVerify(revocations, createLocalJWKSet(jwks), { algorithms: ['RS256'] });
  return { read, revocations, list: JSON.parse(new TextDecoder().decode(payload)) as List };
}

async function customer() {
  const made = await signUp(api);
  const id = made.customer.customer_id;
  const { decoded } = (await (await api.call('GET', `/api/licenses/${id}`, { token: made.api_key })).json()) as {
    decoded: { jti: string; exp: number };
  };
  return { ...made, id, ...decoded };
}

const revoke = (id: string) =>
  api.call('POST', `/api/licenses/${id}/revoke`, { token: rootToken, body: { reason: 'lost' } });

describe('the revocation list', () => {
  it('names a licence from its revocation to its expiry, and is signed by a published key', async () => {
    const [lost, kept] = [await customer(), await customer()];
    expect((await listed()).list).toMatchObject({ jtis: [], kids: [] });
    expect((await revoke(lost.id)).status).toBe(200);
    const { list, revocations } = await listed();
    expect(list).toEqual({
      iat: Math.floor(startAt / 300_000) * 300,
      exp: list.iat + 86_400,
      jtis: [lost.jti],
      kids: [],
    });
    expect(list.jtis).not.toContain(kept.jti);
    expect(decodeProtectedHeader(revocations)).toEqual({
      alg: 'RS256',
      typ: 'tenantry-revocations+jws',
      kid: old.kid,
    });
    api.clock.now = lost.exp * 1000 - 1;
    expect((await listed()).list.jtis).toContain(lost.jti);
    api.clock.now = lost.exp * 1000;
    expect((await listed()).list.jtis).not.toContain(lost.jti);
  });

  it('still names it when the customer has a new licence, and not the new one', async () => {
    const lost = await customer();
    await revoke(lost.id);
    const body = { customer_ids: [lost.id], reason: 'found again' };
    expect((await api.call('POST', '/api/licenses/reissue', { token: rootToken, body })).status).toBe(202);
    const again = (await (await api.call('GET', `/api/licenses/${lost.id}`, { token: lost.api_key })).json()) as {
      decoded: { jti: string };
    };
    const { list } = await listed();
    expect(list.jtis).toContain(lost.jti);
    expect(list.jtis).not.toContain(again.decoded.jti);
  });

  it('names a deactivated customer’s licences', async () => {
    const gone = await customer();
    await api.call('POST', `/api/customers/${gone.id}/deactivate`, { token: rootToken, body: {} });
    expect((await listed()).list.jtis).toContain(gone.jti);
  });

  it('is kept by caches: the same text and ETag for five minutes, unless something is revoked', async () => {
    const lost = await customer();
    const before = await listed();
    api.clock.now += 200_000;
    const etag = before.read.headers.get('etag') ?? '';
    expect(before.read.headers.get('cache-control')).toBe('public, max-age=300');
    const ask = () => api.call('GET', '/api/licenses/revocations', { headers: { 'if-none-match': etag } });
    expect((await ask()).status).toBe(304);
    await revoke(lost.id);
    expect((await ask()).status).toBe(200);
  });

  it('names a key that was taken back while its licences live, until they have expired', async () => {
    const who = await customer();
    api.bindings['LICENSE_PRIVATE_KEYS'] = secretOf(next, old);
    expect((await listed()).list.kids).toEqual([]);
    api.bindings['LICENSE_PRIVATE_KEYS'] = secretOf(next);
    expect((await listed()).list.kids).toEqual([old.kid]);
    api.clock.now = (who.exp + 1) * 1000 + dayMs;
    expect((await listed()).list.kids).toEqual([]);
  });

  it('is no licence, whoever shows it as one', async () => {
    const { api_key: token } = await customer();
    const { revocations } = await listed();
    const verdict = await api.call('POST', '/api/licenses/validate', { token, body: { license: revocations } });
    expect(await verdict.json()).toEqual({ valid: false, code: 'wrong_claims' });
  });
});
