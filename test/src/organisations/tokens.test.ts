/** Which tokens open a door: those that the organisation's own issuer signed for it, valid now, and no others. */
import { exportSPKI, type JWTHeaderParameters, type JWTPayload, SignJWT } from 'jose';
import { beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { minuteMs, secondMs } from '../../../src/lib/time.ts';
import { makeApi } from '../../harness/worker/api.ts';
import {
  makeOrganisation,
  newSigningKey,
  type SigningKey,
  startIssuer,
  type TestIssuer,
  trust,
  whoIs,
} from '../../harness/worker/issuer.ts';

const startAt = Date.parse('2026-11-20T12:30:00.000Z');
const api = makeApi(startAt);
let acme: TestIssuer;
let rival: TestIssuer;
let acmeId: string;
const admin: JWTPayload = { aud: 'tenantry', org: 'acme', groups: ['org-admin'] };
const nowSeconds = () => Math.floor(api.clock.now / secondMs);

beforeAll(async () => {
  acme = await startIssuer(api, 'https://login.acme.example');
  rival = await startIssuer(api, 'https://login.rival.example', [await newSigningKey('one')]);
  acmeId = await makeOrganisation(api, 'acme');
  expect((await trust(api, acmeId, { issuer: acme.url })).status).toBe(200);
  expect((await trust(api, await makeOrganisation(api, 'rival'), { issuer: rival.url })).status).toBe(200);
});
beforeEach(() => {
  api.clock.now += 20 * minuteMs;
});

const first = (issuer: TestIssuer): SigningKey => issuer.keys[0] as SigningKey;
const base64 = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');

describe('a token of the organisation’s issuer', () => {
  it('is its person, with the token’s end', async () => {
    const token = await acme.token(admin);
    expect(await whoIs(api, token)).toEqual({
      ok: true,
      value: {
        kind: 'person',
        organisationId: acmeId,
        subject: 'alice',
        namespaces: null,
        expiresAt: (nowSeconds() + 3600) * secondMs,
        keyId: `person:${acmeId}/alice`,
      },
    });
    expect((await api.call('GET', '/health', { token })).status).toBe(200);
  });

  it.each(['RS256', 'ES256', 'EdDSA'])('may be signed with %s', async (alg) => {
    acme.keys = [...acme.keys, await newSigningKey(`key-${alg}`, alg)];
    const token = await acme.token(admin, {}, acme.keys.at(-1));
    expect((await whoIs(api, token)).ok).toBe(true);
  });

  it('may be up to a minute ahead or behind our clock, and no more', async () => {
    const at = async (claims: JWTPayload) => (await whoIs(api, await acme.token({ ...admin, ...claims }))).ok;
    expect(await at({ exp: nowSeconds() - 50 })).toBe(true);
    expect(await at({ exp: nowSeconds() - 70 })).toBe(false);
    expect(await at({ nbf: nowSeconds() + 50 })).toBe(true);
    expect(await at({ nbf: nowSeconds() + 70 })).toBe(false);
  });

  it('may be long, up to 16 KiB; an opaque key may not', async () => {
    const long = await acme.token({ ...admin, padding: 'x'.repeat(10_000) });
    expect((await whoIs(api, long)).ok).toBe(true);
    expect((await whoIs(api, await acme.token({ ...admin, padding: 'x'.repeat(16_000) }))).ok).toBe(false);
    expect(await whoIs(api, 'x'.repeat(600))).toEqual({ ok: false, error: 'malformed' });
  });

  it('is not taken in X-API-Key', async () => {
    const headers = { 'x-api-key': await acme.token(admin) };
    expect((await api.call('GET', '/health', { headers })).status).toBe(401);
  });
});

describe('what such a person may see', () => {
  const namespacesOf = async (claims: JWTPayload) => {
    const who = await whoIs(api, await acme.token({ aud: 'tenantry', ...claims }));
    return who.ok && who.value.kind === 'person' ? who.value.namespaces : who;
  };
  const namespaces = ['shop', 'mail'];

  it('is everything for org-admin, the listed namespaces for project-user and user, the wider for both', async () => {
    expect(await namespacesOf({ groups: ['org-admin'], namespaces })).toBeNull();
    expect(await namespacesOf({ groups: ['project-user'], namespaces })).toEqual(namespaces);
    expect(await namespacesOf({ groups: ['user'], namespaces })).toEqual(namespaces);
    expect(await namespacesOf({ groups: ['user', 'guest', 'org-admin'], namespaces })).toBeNull();
    expect(await namespacesOf({ groups: ['project-user'] })).toEqual([]);
  });

  it.each([
    ['guest', ['guest']],
    ['no group', []],
    ['unknown groups', ['Org-Admin', 'org-admin ', 'admin', '__proto__', 'constructor', '/a/org-admin']],
  ])('is nothing for %s: 403', async (_, groups) => {
    const token = await acme.token({ aud: 'tenantry', groups, namespaces });
    expect(await whoIs(api, token)).toEqual({ ok: false, error: 'no_access' });
    const answer = await api.call('GET', '/health', { token });
    expect([answer.status, await answer.json()]).toMatchObject([403, { code: 'forbidden' }]);
  });
});

describe('a forged token', () => {
  const claims = () => ({ iss: acme.url, sub: 'mallory', ...admin, iat: nowSeconds(), exp: nowSeconds() + 3600 });
  const signed = async (header: JWTHeaderParameters, key: CryptoKey | Uint8Array, more: JWTPayload = {}) =>
    await new SignJWT({ ...claims(), ...more }).setProtectedHeader(header).sign(key);

  const forgeries: Record<string, () => Promise<string>> = {
    'alg none': async () => `${base64({ alg: 'none' })}.${base64(claims())}.`,
    'alg none with a signature': async () => `${base64({ alg: 'none', kid: 'one' })}.${base64(claims())}.AAAA`,
    'HS256 with the public key as its secret': async () => {
      const { publicKey } = await publicKeyOf(first(acme));
      return await signed({ alg: 'HS256', kid: 'one' }, new TextEncoder().encode(await exportSPKI(publicKey)));
    },
    'a key of its own in the header': async () => {
      const own = await newSigningKey('one');
      return await signed({ alg: 'RS256', kid: 'one', jwk: own.jwk }, own.privateKey);
    },
    'an address of keys in the header': async () => {
      const own = await newSigningKey('own');
      api.internet.set('https://evil.example', () => Response.json({ keys: [own.jwk] }));
      return await signed({ alg: 'RS256', kid: 'own', jku: 'https://evil.example/jwks' }, own.privateKey);
    },
    'no kid': async () => {
      acme.keys = [first(acme), await newSigningKey('two', 'ES256')];
      await whoIs(api, await acme.token({}, { kid: 'unknown' }));
      return await signed({ alg: 'RS256' }, first(acme).privateKey);
    },
    'a kid that nobody has': async () => await signed({ alg: 'RS256', kid: 'three' }, first(acme).privateKey),
    'a path as kid': async () =>
      await signed({ alg: 'RS256', kid: '../../../../dev/null' }, (await newSigningKey('x')).privateKey),
    'a kid that is no text': async () =>
      `${base64({ alg: 'RS256', kid: ['one'] })}.${base64(claims())}.${(await acme.token(admin)).split('.')[2]}`,
    'no exp': async () => await acme.token({ ...admin, exp: undefined as unknown as number }),
    expired: async () => await acme.token({ ...admin, exp: nowSeconds() - 61 }),
    'no sub': async () => await acme.token({ ...admin, sub: undefined as unknown as string }),
    'another audience': async () => await acme.token({ ...admin, aud: 'account' }),
    'no audience': async () => await acme.token({ ...admin, aud: undefined as unknown as string }),
    'an audience that begins alike': async () => await acme.token({ ...admin, aud: ['tenantry2', 'Tenantry'] }),
    'an issuer that nobody trusts': async () => await acme.token({ ...admin, iss: 'https://login.evil.example' }),
    'an issuer that differs by a slash': async () => await acme.token({ ...admin, iss: `${acme.url}/` }),
    'another organisation’s key': async () => await acme.token(admin, {}, first(rival)),
    'another organisation in org': async () => await rival.token(admin),
    'an organisation that is not the issuer’s': async () => await acme.token({ ...admin, org: 'rival' }),
    'org in another form': async () => await acme.token({ ...admin, org: ['acme'] }),
    'an RSA key of 1024 bits': async () => {
      const weak = (await crypto.subtle.generateKey(
        { name: 'RSASSA-PKCS1-v1_5', modulusLength: 1024, publicExponent: new Uint8Array([1, 0, 1]), hash: 'SHA-256' },
        true,
        ['sign', 'verify'],
      )) as CryptoKeyPair;
      const jwk = { ...(await crypto.subtle.exportKey('jwk', weak.publicKey)), kid: 'weak' };
      acme.keys = [...acme.keys, { kid: 'weak', alg: 'RS256', privateKey: weak.privateKey, jwk: jwk as never }];
      const head = `${base64({ alg: 'RS256', kid: 'weak' })}.${base64(claims())}`;
      const made = await crypto.subtle.sign('RSASSA-PKCS1-v1_5', weak.privateKey, new TextEncoder().encode(head));
      return `${head}.${Buffer.from(made).toString('base64url')}`;
    },
    'a changed payload': async () => {
      const [head, , tail] = (await acme.token({ ...admin, groups: ['guest'] })).split('.');
      return `${head}.${base64(claims())}.${tail}`;
    },
    'a logout token': async () => await acme.token(admin, { typ: 'logout+jwt' }),
    'a critical extension that nobody knows': async () => {
      const header = { alg: 'RS256', kid: 'one', crit: ['exp2'], exp2: 1 };
      return await new SignJWT(claims())
        .setProtectedHeader(header)
        .sign(first(acme).privateKey, { crit: { exp2: true } });
    },
    'a subject that forges a line of the log': async () => await acme.token({ ...admin, sub: 'alice\nroot' }),
  };

  it.each(Object.keys(forgeries))('is refused: %s', async (name) => {
    const token = (await forgeries[name]?.()) ?? '';
    expect(token.split('.')).toHaveLength(3);
    expect((await whoIs(api, token)).ok).toBe(false);
    expect([401, 403]).toContain((await api.call('GET', '/health', { token })).status);
    acme.keys = [first(acme)];
  });
});

async function publicKeyOf({ jwk }: SigningKey): Promise<{ publicKey: CryptoKey }> {
  const algorithm = { name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256' };
  return { publicKey: await crypto.subtle.importKey('jwk', jwk as JsonWebKey, algorithm, true, ['verify']) };
}

describe('before an issuer is asked anything', () => {
  it('it must be one that an organisation has set, for that audience', async () => {
    const stranger = await startIssuer(api, 'https://login.stranger.example');
    expect((await whoIs(api, await stranger.token(admin))).ok).toBe(false);
    expect(stranger.asked).toEqual([]);
    const asked = acme.asked.length;
    expect((await whoIs(api, await acme.token({ ...admin, aud: 'other' }))).ok).toBe(false);
    expect(acme.asked.length).toBe(asked);
  });
});

describe('an issuer’s keys', () => {
  const jwksAsked = (issuer: TestIssuer) => issuer.asked.filter((path) => path === '/jwks').length;

  it('are asked for once in ten minutes', async () => {
    const asked = jwksAsked(acme);
    for (let i = 0; i < 5; i++) expect((await whoIs(api, await acme.token(admin))).ok).toBe(true);
    api.clock.now += 9 * minuteMs;
    expect((await whoIs(api, await acme.token(admin))).ok).toBe(true);
    expect(jwksAsked(acme)).toBe(asked + 1);
    api.clock.now += 2 * minuteMs;
    expect((await whoIs(api, await acme.token(admin))).ok).toBe(true);
    expect(jwksAsked(acme)).toBe(asked + 2);
  });

  it('are asked for again for an unknown kid, once a minute at most, so that a new key is known soon', async () => {
    expect((await whoIs(api, await acme.token(admin))).ok).toBe(true);
    const asked = jwksAsked(acme);
    const old = acme.keys;
    acme.keys = [await newSigningKey('rotated')];
    const token = await acme.token(admin);
    const forged = async () => await acme.token(admin, { kid: crypto.randomUUID() });
    for (let i = 0; i < 10; i++) expect((await whoIs(api, await forged())).ok).toBe(false);
    expect(jwksAsked(acme)).toBe(asked);
    api.clock.now += minuteMs;
    expect((await whoIs(api, token)).ok).toBe(true);
    for (let i = 0; i < 10; i++) expect((await whoIs(api, await forged())).ok).toBe(false);
    expect(jwksAsked(acme)).toBe(asked + 1);
    acme.keys = old;
  });

  it('last while the issuer is down; when they are gone it is 503, and well again by itself', async () => {
    const token = await acme.token({ ...admin, exp: nowSeconds() + 7200 });
    expect((await whoIs(api, token)).ok).toBe(true);
    acme.instead.set('/jwks', () => Promise.reject(new TypeError('connection refused')));
    api.clock.now += 9 * minuteMs;
    expect((await whoIs(api, token)).ok).toBe(true);
    api.clock.now += 2 * minuteMs;
    expect(await whoIs(api, token)).toEqual({ ok: false, error: 'issuer_away' });
    const answer = await api.call('GET', '/health', { token });
    expect([answer.status, await answer.json()]).toMatchObject([503, { code: 'issuer_unavailable' }]);
    expect(Number(answer.headers.get('retry-after'))).toBeGreaterThan(0);
    acme.instead.clear();
    api.clock.now += 10 * secondMs;
    expect((await whoIs(api, token)).ok).toBe(true);
  });

  it.each([
    ['HTML', () => new Response('<html>welcome</html>', { headers: { 'content-type': 'text/html' } })],
    ['a set without keys', () => Response.json({ keys: [] })],
    ['symmetric keys only', () => Response.json({ keys: [{ kty: 'oct', k: 'AAAA', kid: 'one' }] })],
    ['a redirect', () => Response.redirect('https://login.rival.example/jwks', 302)],
    ['an error', () => new Response('{"keys":[]}', { status: 500 })],
    ['a megabyte', () => new Response(`{"keys":[],"x":"${'x'.repeat(1_000_000)}"}`)],
  ])('are none where it answers with %s', async (_, answer) => {
    acme.instead.set('/jwks', answer);
    expect(await whoIs(api, await acme.token(admin))).toEqual({ ok: false, error: 'issuer_away' });
    acme.instead.clear();
  });
});

describe('an issuer that is swapped or taken away', () => {
  it('opens no door any more with the tokens that it made', async () => {
    const before = await startIssuer(api, 'https://before.example');
    const after = await startIssuer(api, 'https://after.example');
    const id = await makeOrganisation(api, 'moving');
    const claims = { ...admin, org: 'moving' };
    expect((await trust(api, id, { issuer: before.url })).status).toBe(200);
    const token = await before.token(claims);
    expect((await whoIs(api, token)).ok).toBe(true);
    expect((await trust(api, id, { issuer: after.url })).status).toBe(200);
    expect((await whoIs(api, token)).ok).toBe(false);
    expect((await whoIs(api, await after.token(claims))).ok).toBe(true);
    expect((await trust(api, id, { issuer: after.url, audience: 'other' })).status).toBe(200);
    expect((await whoIs(api, await after.token(claims))).ok).toBe(false);
  });
});
