/**
 * The signing keys as a set (spec §5): all are published, the first signs once it has been so for long enough, and a licence is signed again with the key it
 * was issued under. RS256 is deterministic, so the same claims and key give the same token: that is why no token is stored.
 */
import { calculateJwkThumbprint, exportSPKI, importJWK, type JWK, SignJWT } from 'jose';
import type { LicenceClaims } from '../contracts/licences.ts';
import { sha256Hex } from '../lib/keys.ts';
import { minuteMs } from '../lib/time.ts';

interface SigningKey {
  kid: string;
  privateKey: CryptoKey;
  publicJwk: JWK;
}

/** A parsed key set; `keys[0]` signs what is new, once `inOrderOfUse` has put it there. */
export interface Keyring {
  keys: readonly SigningKey[];
}

/** RSA below this is not accepted for RS256 (RFC 7518 §3.3). */
const modulusBitsMin = 2048;

async function readKey(jwk: JWK): Promise<SigningKey> {
  if (jwk.kty !== 'RSA' || !jwk.d || !jwk.n || !jwk.e)
    throw new Error('LICENSE_PRIVATE_KEYS: every key must be a private RSA JWK');
  if (Math.floor((jwk.n.length * 6) / 8) * 8 < modulusBitsMin)
    throw new Error('LICENSE_PRIVATE_KEYS: RSA keys must have 2048 bits or more');
  const kid = await calculateJwkThumbprint(jwk, 'sha256');
  const privateKey = (await importJWK(jwk, 'RS256', { extractable: false })) as CryptoKey;
  return { kid, privateKey, publicJwk: { kty: 'RSA', n: jwk.n, e: jwk.e, kid, alg: 'RS256', use: 'sig' } };
}

let cached: { source: string; keyring: Promise<Keyring> } | null = null;

/**
 * Parses LICENSE_PRIVATE_KEYS, a JSON array of private RSA JWKs, once an isolate.
 * @throws Error with one line that names what is wrong and prints no key
 */
export function openKeyring(source: string): Promise<Keyring> {
  if (cached?.source !== source) {
    cached = { source, keyring: parseKeyring(source) };
    cached.keyring.catch(() => {
      cached = null;
    });
  }
  return cached.keyring;
}

async function parseKeyring(source: string): Promise<Keyring> {
  let jwks: unknown;
  try {
    jwks = JSON.parse(source);
  } catch {
    throw new Error('LICENSE_PRIVATE_KEYS: not JSON');
  }
  if (!Array.isArray(jwks) || jwks.length === 0)
    throw new Error('LICENSE_PRIVATE_KEYS: must be an array with at least one key');
  return { keys: await Promise.all(jwks.map((jwk) => readKey(jwk as JWK))) };
}

/** The header's `typ` of a licence, which tells it from everything else that these keys sign. */
export const licenceTyp = 'JWT';

/** How long caches on the way may keep the published set. */
export const cachedMs = 5 * minuteMs;
/** How long a verifier keeps the set that it has fetched (jose: 10 minutes). */
const keptMs = 10 * minuteMs;
/** How long a new secret may take to reach every isolate that answers. */
const handedOverMs = minuteMs;

/** A key signs once it has been published for as long as anybody may hold an older set. */
export const publishedMs = keptMs + cachedMs + handedOverMs;

/** Which keys have been seen among the published ones, and since when, ms. */
export type Published = ReadonlyMap<string, number>;

const isRipe = (publishedAt: number | undefined, now: number): boolean =>
  publishedAt !== undefined && publishedAt <= now - publishedMs;

/**
 * The set with the key in front that signs at `now`: the first in the set's order that has been published long enough. Where
 * none has, the one that has been for longest, and where nothing is known of any, the first.
 */
export function inOrderOfUse({ keys }: Keyring, published: Published, now: number): Keyring {
  const known = keys.filter(({ kid }) => published.has(kid));
  const oldest = known.toSorted((a, b) => (published.get(a.kid) ?? 0) - (published.get(b.kid) ?? 0))[0];
  const signing = keys.find(({ kid }) => isRipe(published.get(kid), now)) ?? oldest ?? keys[0];
  if (!signing) throw new Error('the key set is empty');
  return { keys: [signing, ...keys.filter((key) => key !== signing)] };
}

export interface SignedLicence {
  token: string;
  kid: string;
  sha256: string;
}

/** Signs claims with the set's first key, or with the named one. Null when that key is no longer in the set. */
export async function sign(keyring: Keyring, claims: LicenceClaims, kid?: string): Promise<SignedLicence | null> {
  const key = kid === undefined ? keyring.keys[0] : keyring.keys.find((k) => k.kid === kid);
  if (!key) return null;
  const token = await new SignJWT({ ...claims })
    .setProtectedHeader({ alg: 'RS256', typ: licenceTyp, kid: key.kid })
    .sign(key.privateKey);
  return { token, kid: key.kid, sha256: await sha256Hex(token) };
}

/** The public halves, as /.well-known/jwks.json serves them. */
export const jwksOf = (keyring: Keyring): { keys: JWK[] } => ({ keys: keyring.keys.map((k) => k.publicJwk) });

/** The id of the key that signs what is new. */
function signingKid({ keys: [first] }: Keyring): string {
  if (!first) throw new Error('the key set is empty');
  return first.kid;
}

/**
 * A key's public half as SPKI PEM, for instances that verify with one key (seed 004): the one that signs what is new, or
 * the named one, null when it is not in the set.
 */
export async function publicPem(keyring: Keyring, kid = signingKid(keyring)): Promise<string | null> {
  const key = keyring.keys.find((k) => k.kid === kid);
  return key ? await exportSPKI((await importJWK(key.publicJwk, 'RS256', { extractable: true })) as CryptoKey) : null;
}
