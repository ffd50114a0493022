/**
 * One table of tokens for both verifiers, the guard's and the server's (src/licences/verify.ts): what is offered as a licence, and
 * the verdict. The first twelve are forgeries that need no mistake of ours but one in the verifier.
 */
import { CompactSign, type JWK, SignJWT, UnsecuredJWT } from 'jose';
import type { Fault } from '../../../sdk/licence-guard/src/verify.ts';
import { claims, newKey, revocationList, signAs, startMs } from './issuer.ts';

export interface Case {
  name: string;
  token: string;
  code: 'valid' | Fault;
}

export interface Cases {
  keys: JWK[];
  pem: string;
  /** A licence that counts. */
  good: string;
  forged: Case[];
  /** A licence of another customer: only who knows its own customer can refuse it. */
  othersLicence: string;
  others: Case[];
}

const utf8 = new TextEncoder();
const base64url = (bytes: Uint8Array): string =>
  btoa(String.fromCharCode(...bytes))
    .replaceAll('+', '-')
    .replaceAll('/', '_')
    .replaceAll('=', '');

const jsonPart = (part: object): string => base64url(utf8.encode(JSON.stringify(part)));

/** Signs what jose would not: the parts as they are given. */
async function signParts(key: CryptoKey, head: string, body: string): Promise<string> {
  const text = `${head}.${body}`;
  const signature = await crypto.subtle.sign('RSASSA-PKCS1-v1_5', key, utf8.encode(text));
  return `${text}.${base64url(new Uint8Array(signature))}`;
}

/** RSA of 1,024 bits, which jose does not make; its public key is in the set. */
async function weakCase(payload: object): Promise<{ jwk: JWK; token: string }> {
  const algorithm = {
    name: 'RSASSA-PKCS1-v1_5',
    modulusLength: 1024,
    publicExponent: new Uint8Array([1, 0, 1]),
    hash: 'SHA-256',
  };
  const pair = (await crypto.subtle.generateKey(algorithm, true, ['sign', 'verify'])) as CryptoKeyPair;
  const jwk = {
    ...((await crypto.subtle.exportKey('jwk', pair.publicKey)) as JWK),
    kid: 'weak',
    alg: 'RS256',
    use: 'sig',
  };
  const token = await signParts(
    pair.privateKey,
    jsonPart({ alg: 'RS256', typ: 'JWT', kid: 'weak' }),
    jsonPart(payload),
  );
  return { jwk: { kty: 'RSA', n: jwk.n, e: jwk.e, kid: jwk.kid, alg: jwk.alg, use: jwk.use } as JWK, token };
}

const without = (name: keyof typeof claims): object =>
  Object.fromEntries(Object.entries(claims).filter(([claim]) => claim !== name));

const named = async (list: [name: string, code: Case['code'], token: string | Promise<string>][]): Promise<Case[]> =>
  Promise.all(list.map(async ([name, code, token]) => ({ name, code, token: await token })));

/** Makes the table with keys of its own. */
export async function makeCases(): Promise<Cases> {
  const [ours, theirs] = await Promise.all([newKey(), newKey()]);
  const weak = await weakCase(claims);
  const good = await signAs(ours, claims);
  const [head = '', body = '', signature = ''] = good.split('.');
  const secret = utf8.encode(ours.pem);
  const embedded = { jwk: { kty: 'RSA', n: theirs.jwk.n, e: theirs.jwk.e } };
  const bigger = jsonPart({ ...claims, plan: 'enterprise' });
  const unencoded = jsonPart({ alg: 'RS256', typ: 'JWT', kid: ours.kid, b64: false, crit: ['b64'] });
  const plain = JSON.stringify(claims).replaceAll('.', '\\u002e');
  const raw = (payload: string, header: object) =>
    new CompactSign(utf8.encode(payload)).setProtectedHeader({ alg: 'RS256', typ: 'JWT', kid: ours.kid, ...header });

  const forged = await named([
    ['no signature (alg none)', 'malformed', new UnsecuredJWT({ ...claims }).encode()],
    [
      'HS256 with the public key as the secret',
      'malformed',
      new SignJWT({ ...claims }).setProtectedHeader({ alg: 'HS256', typ: 'JWT', kid: ours.kid }).sign(secret),
    ],
    ['a key in its own header', 'bad_signature', signAs(theirs, claims, { kid: ours.kid, ...embedded })],
    ['no kid', 'unknown_key', signAs(ours, claims, { kid: undefined })],
    ['an unknown kid', 'unknown_key', signAs(theirs, claims)],
    ['a path as its kid', 'unknown_key', signAs(theirs, claims, { kid: '../../../../dev/null' })],
    ['no exp', 'wrong_claims', signAs(ours, without('exp'))],
    ['an exp that has passed', 'expired', signAs(ours, { ...claims, exp: startMs / 1000 })],
    ['another audience', 'wrong_claims', signAs(ours, { ...claims, aud: 'somebody-else' })],
    ['another issuer', 'wrong_claims', signAs(ours, { ...claims, iss: 'https://evil.example.com' })],
    ['another tenant’s, signed by them under our key’s id', 'bad_signature', signAs(theirs, claims, { kid: ours.kid })],
    ['a key of 1,024 bits', 'malformed', weak.token],
    ['a statement', 'wrong_claims', signAs(ours, claims, { typ: 'tenantry-statement+jws' })],
  ]);
  const others = await named([
    ['a list of revocations', 'wrong_claims', revocationList(ours, startMs)],
    ['no kind', 'wrong_claims', signAs(ours, claims, { typ: undefined })],
    ['a key of its own, named in its header too', 'unknown_key', signAs(theirs, claims, embedded)],
    ['a kid that every object has', 'unknown_key', signAs(theirs, claims, { kid: '__proto__' })],
    ['a kid that is no text', 'unknown_key', signAs(theirs, claims, { kid: 1 })],
    ['another plan written into it', 'bad_signature', `${head}.${bigger}.${signature}`],
    ['no signature at its end', 'bad_signature', `${head}.${body}.`],
    ['two parts', 'malformed', `${head}.${body}`],
    ['nothing', 'malformed', ''],
    [
      'an unknown extension that is critical',
      'malformed',
      raw(JSON.stringify(claims), { crit: ['exp'], exp: 1 }).sign(ours.privateKey, { crit: { exp: true } }),
    ],
    ['a payload that is not encoded (RFC 7797)', 'malformed', signParts(ours.privateKey, unencoded, plain)],
    ['text that is no JSON', 'malformed', raw('licence', {}).sign(ours.privateKey)],
    ['a list of claims', 'malformed', raw(JSON.stringify([claims]), {}).sign(ours.privateKey)],
    ['several audiences', 'wrong_claims', signAs(ours, { ...claims, aud: ['tenantry-instance', 'another'] })],
    ['an exp that is text', 'wrong_claims', signAs(ours, { ...claims, exp: String(claims.exp) })],
    ['no id', 'wrong_claims', signAs(ours, without('jti'))],
    ['no customer', 'wrong_claims', signAs(ours, without('sub'))],
    ['no plan', 'wrong_claims', signAs(ours, without('plan'))],
    ['no features', 'wrong_claims', signAs(ours, without('features'))],
    ['a plan that is a number', 'wrong_claims', signAs(ours, { ...claims, plan: 1 })],
    [
      'two flaws: it has passed, and is another issuer’s',
      'wrong_claims',
      signAs(ours, { ...claims, iss: 'https://evil.example.com', exp: 1 }),
    ],
    ['two flaws: it has passed, and has no plan', 'wrong_claims', signAs(ours, { ...without('plan'), exp: 1 })],
    [
      'a plan and features that nobody knows yet',
      'valid',
      signAs(ours, { ...claims, plan: 'galaxy', features: { canTeleport: true }, limits: { maxPlanets: null } }),
    ],
    ['claims that nobody knows yet', 'valid', signAs(ours, { ...claims, seats: [1, 2] })],
  ]);
  const othersLicence = await signAs(ours, {
    ...claims,
    sub: `cust_${'b'.repeat(32)}`,
    customerId: `cust_${'b'.repeat(32)}`,
  });
  return { keys: [ours.jwk, weak.jwk], pem: ours.pem, good, forged, othersLicence, others };
}
