import { createLocalJWKSet, decodeProtectedHeader, importSPKI, type JSONWebKeySet, jwtVerify } from 'jose';
import { beforeAll, describe, expect, it } from 'vitest';
import { ensureCluster, makeApi, rootToken, signUp } from '../../harness/worker/api.ts';
import { newLicenceKey, secretOf } from './key-sets.ts';

const api = makeApi(Date.parse('2026-11-20T12:00:00.000Z'));
const minuteMs = 60_000;
beforeAll(async () => {
  await ensureCluster(api);
});

const setKeys = (text: string) => {
  api.bindings['LICENSE_PRIVATE_KEYS'] = text;
};
const jwks = async () => (await (await api.call('GET', '/.well-known/jwks.json')).json()) as JSONWebKeySet;
const kids = async () => (await jwks()).keys.map(({ kid }) => kid);
const kidOf = (token: string) => decodeProtectedHeader(token).kid;
const licenceOf = async (id: string) =>
  ((await (await api.call('GET', `/api/licenses/${id}`, { token: rootToken })).json()) as { license: string }).license;
const keysInUse = async () =>
  ((await (await api.call('GET', '/api/licenses/keys', { token: rootToken })).json()) as { keys: unknown[] }).keys;

describe('a set of licence keys', () => {
  it('lets a new key sign sixteen minutes after it was published, wherever it stands, and keeps what the old one signed', async () => {
    const [old, next] = [await newLicenceKey(), await newLicenceKey()];
    setKeys(secretOf(old));
    await api.tick();
    const first = await signUp(api);
    expect(kidOf(first.license.jwt)).toBe(old.kid);

    setKeys(secretOf(next, old));
    // Published at once; nobody may have the set yet.
    expect((await kids()).toSorted()).toEqual([old.kid, next.kid].toSorted());
    const early = await signUp(api);
    expect(kidOf(early.license.jwt)).toBe(old.kid);
    await api.tick();
    const seenAt = api.clock.now;
    api.clock.now = seenAt + 16 * minuteMs - 1;
    expect(kidOf((await signUp(api)).license.jwt)).toBe(old.kid);
    expect(await kids()).toEqual([old.kid, next.kid]);
    // The PEM is that of the key that signs.
    const pem = async () => importSPKI(await (await api.call('GET', '/api/licenses/public-key')).text(), 'RS256');
    await expect(jwtVerify(early.license.jwt, await pem())).resolves.toBeDefined();

    api.clock.now = seenAt + 16 * minuteMs;
    const late = await signUp(api);
    expect(kidOf(late.license.jwt)).toBe(next.kid);
    expect(await kids()).toEqual([next.kid, old.kid]);
    await expect(jwtVerify(late.license.jwt, await pem())).resolves.toBeDefined();
    expect(await keysInUse()).toMatchObject([
      {
        kid: next.kid,
        signs: true,
        published_at: new Date(seenAt).toISOString(),
        signs_from: new Date(seenAt + 16 * minuteMs).toISOString(),
        licences_in_force: 1,
      },
      { kid: old.kid, signs: false, licences_in_force: 3 },
    ]);
    // The first licence is the same token, and still verifies.
    expect(await licenceOf(first.customer.customer_id)).toBe(first.license.jwt);
    await expect(jwtVerify(first.license.jwt, createLocalJWKSet(await jwks()))).resolves.toBeDefined();
  });

  it('signs with a key that stands alone at once, and issues anew what a key that was taken back had signed', async () => {
    const [old, only] = [await newLicenceKey(), await newLicenceKey()];
    setKeys(secretOf(old));
    const made = await signUp(api);
    setKeys(secretOf(only));
    expect(kidOf((await signUp(api)).license.jwt)).toBe(only.kid);
    const id = made.customer.customer_id;
    expect((await api.call('GET', `/api/licenses/${id}`, { token: rootToken })).status).toBe(503);
    await api.tick();
    expect(kidOf(await licenceOf(id))).toBe(only.kid);
  });
});
