import { CompactSign, decodeJwt, exportSPKI, SignJWT, UnsecuredJWT } from 'jose';
import { beforeAll, describe, expect, it } from 'vitest';
import type { LicenceClaims } from '../../../src/contracts/licences.ts';
import { ensureCluster, makeApi, signUp } from '../../harness/worker/api.ts';
import { newLicenceKey, secretOf, type TestKey } from './key-sets.ts';

const api = makeApi();
let ours: TestKey;
let theirs: TestKey;
let mine: { api_key: string; token: string; claims: LicenceClaims };
let other: string;

beforeAll(async () => {
  [ours, theirs] = await Promise.all([newLicenceKey(), newLicenceKey()]);
  api.bindings['LICENSE_PRIVATE_KEYS'] = secretOf(ours);
  await ensureCluster(api);
  const made = await signUp(api);
  mine = { api_key: made.api_key, token: made.license.jwt, claims: decodeJwt<LicenceClaims>(made.license.jwt) };
  other = (await signUp(api)).license.jwt;
});

async function verdictOn(license: string): Promise<unknown> {
  const answer = await api.call('POST', '/api/licenses/validate', { token: mine.api_key, body: { license } });
  expect(answer.status).toBe(200);
  return await answer.json();
}

/** What the forger wants: the same, but more. */
const wanted = () => ({ ...mine.claims, plan: 'enterprise' });
const signed = async (claims: object, header: object, key: CryptoKey | Uint8Array) =>
  await new SignJWT({ ...claims }).setProtectedHeader({ alg: 'RS256', typ: 'JWT', ...header }).sign(key);
const base64url = (value: object) =>
  btoa(JSON.stringify(value)).replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '');

/** With our own key, so that nothing but the named flaw stands against it. */
const oursOver = (claims: object, header: object = {}) => signed(claims, { kid: ours.kid, ...header }, ours.privateKey);
const without = (claim: keyof LicenceClaims) =>
  Object.fromEntries(Object.entries(mine.claims).filter(([name]) => name !== claim));
const longAgo = Math.floor(Date.now() / 1000) - 10;

/** The first four would need no key of ours. */
const forged: [name: string, code: string, make: () => Promise<string>][] = [
  ['alg none', 'malformed', async () => new UnsecuredJWT({ ...wanted() }).encode()],
  [
    'HS256 with the public key as its secret',
    'malformed',
    async () => {
      const secret = new TextEncoder().encode(await exportSPKI(ours.publicKey));
      return await new SignJWT({ ...wanted() }).setProtectedHeader({ alg: 'HS256', kid: ours.kid }).sign(secret);
    },
  ],
  [
    'an embedded key that signed it',
    'bad_signature',
    () => signed(wanted(), { kid: ours.kid, jwk: { kty: 'RSA', n: theirs.jwk.n, e: theirs.jwk.e } }, theirs.privateKey),
  ],
  ['no kid', 'unknown_key', () => signed(mine.claims, {}, ours.privateKey)],
  ['an unknown kid', 'unknown_key', () => signed(wanted(), { kid: theirs.kid }, theirs.privateKey)],
  ['a path as its kid', 'unknown_key', () => signed(wanted(), { kid: '../../../../dev/null' }, theirs.privateKey)],
  ['no exp', 'wrong_claims', () => oursOver(without('exp'))],
  ['an exp that has passed', 'expired', () => oursOver({ ...mine.claims, exp: longAgo })],
  ['another audience', 'wrong_claims', () => oursOver({ ...mine.claims, aud: 'somebody-else' })],
  ['another issuer', 'wrong_claims', () => oursOver({ ...mine.claims, iss: 'https://evil.example' })],
  ['another tenant’s licence', 'unknown_licence', async () => other],
  [
    'a key of 1,024 bits',
    'unknown_key',
    async () => {
      const pair = (await crypto.subtle.generateKey(
        { name: 'RSASSA-PKCS1-v1_5', modulusLength: 1024, publicExponent: new Uint8Array([1, 0, 1]), hash: 'SHA-256' },
        true,
        ['sign', 'verify'],
      )) as CryptoKeyPair;
      const text = `${base64url({ alg: 'RS256', typ: 'JWT', kid: theirs.kid })}.${base64url(wanted())}`;
      const made = await crypto.subtle.sign('RSASSA-PKCS1-v1_5', pair.privateKey, new TextEncoder().encode(text));
      return `${text}.${btoa(String.fromCharCode(...new Uint8Array(made)))
        .replaceAll('+', '-')
        .replaceAll('/', '_')
        .replaceAll('=', '')}`;
    },
  ],
  [
    'a statement',
    'wrong_claims',
    async () =>
      await new CompactSign(new TextEncoder().encode(JSON.stringify(mine.claims)))
        .setProtectedHeader({ alg: 'RS256', typ: 'tenantry-statement+jws', kid: ours.kid })
        .sign(ours.privateKey),
  ],
  // Both flaws: the claims are judged before the life.
  [
    'an exp that has passed, for another issuer',
    'wrong_claims',
    () => oursOver({ ...mine.claims, exp: longAgo, iss: 'https://evil.example' }),
  ],
  ['an exp that has passed, without a plan', 'wrong_claims', () => oursOver({ ...without('plan'), exp: longAgo })],
  // Signed by us and never issued: only the server can know.
  ['a licence that was never issued', 'unknown_licence', () => oursOver({ ...mine.claims, jti: 'f'.repeat(32) })],
];

describe('a forged licence', () => {
  it('is refused where the true one is accepted', async () => {
    expect(await verdictOn(mine.token)).toMatchObject({ valid: true, code: 'valid' });
  });

  it.each(forged)('%s is %s', async (_, code, make) => {
    expect(await verdictOn(await make())).toEqual({ valid: false, code });
  });

  it('is refused with each of its characters changed', async () => {
    const [head = '', payload = '', signature = ''] = mine.token.split('.');
    const flip = (text: string, at: number) =>
      `${text.slice(0, at)}${text[at] === 'A' ? 'B' : 'A'}${text.slice(at + 1)}`;
    for (const bent of [
      [flip(head, 5), payload, signature],
      [head, flip(payload, 40), signature],
      [head, payload, flip(signature, 9)],
    ]) {
      expect(await verdictOn(bent.join('.'))).toMatchObject({ valid: false });
    }
  });
});
