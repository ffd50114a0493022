/**
 * What a token of an issuer says, and whether it is to be believed: pure. Which organisation trusts its issuer is looked up
 * (store.ts) before anything is fetched; what its person may see is claims.ts's.
 */
import { createLocalJWKSet, decodeJwt, decodeProtectedHeader, type JWTPayload, jwtVerify } from 'jose';
import type { KeySet } from '../lib/key-sets.ts';
import { secondMs } from '../lib/time.ts';

export type Claims = JWTPayload;

/** A token that is longer is no person's. */
export const tokenCharsMax = 16 * 1024;

const algorithms = ['RS256', 'ES256', 'EdDSA'];
/** How far the issuer's clock and ours may differ, s. */
const clockDifference = 60;
/** Kinds of JWT that are no token of a person, such as a logout token, name themselves here. */
const types = [undefined, 'jwt', 'at+jwt', 'application/at+jwt'];

/** What a token says of itself, of which nothing is believed yet. */
export interface Told {
  issuer: string;
  audiences: readonly string[];
  kid: string | undefined;
  claims: Claims;
}

/** Three parts with dots between them: a JWT, which no opaque key is. */
export const looksLikeJwt = (token: string): boolean => /^[\w-]+\.[\w-]+\.[\w-]*$/.test(token);

/** Reads a token without believing it; null when it is none of ours by its form. */
export function read(token: string): Told | null {
  if (token.length > tokenCharsMax || !looksLikeJwt(token)) return null;
  try {
    const { alg, kid, typ } = decodeProtectedHeader(token);
    const claims = decodeJwt(token);
    const { iss, aud } = claims;
    const audiences = [aud ?? []].flat();
    if (typeof iss !== 'string' || !audiences.every((one) => typeof one === 'string')) return null;
    if (!algorithms.includes(String(alg)) || !types.includes(typ?.toLowerCase())) return null;
    if (kid !== undefined && typeof kid !== 'string') return null;
    return { issuer: iss, audiences, kid, claims };
  } catch {
    return null;
  }
}

const getters = new WeakMap<KeySet, ReturnType<typeof createLocalJWKSet>>();

/** The set's keys as jose finds them; each is imported once. */
function keysOf(set: KeySet) {
  const getter = getters.get(set) ?? createLocalJWKSet(set);
  getters.set(set, getter);
  return getter;
}

/** What a token has to be to be believed. */
export interface Expected {
  issuer: string;
  audience: string;
  /** ms since the epoch */
  now: number;
}

/**
 * The claims of a token that one of the keys has signed and that is valid now, for us; null for any other. Without a `kid`
 * only the single key of a set can have signed it.
 */
export async function verify(token: string, keys: KeySet, { issuer, audience, now }: Expected): Promise<Claims | null> {
  try {
    const { payload, protectedHeader } = await jwtVerify(token, keysOf(keys), {
      algorithms,
      issuer,
      audience,
      requiredClaims: ['exp', 'sub'],
      clockTolerance: clockDifference,
      currentDate: new Date(now),
    });
    return protectedHeader.kid === undefined && keys.keys.length > 1 ? null : payload;
  } catch {
    return null;
  }
}

/** The moment at which the token ends, ms since the epoch. */
export const endOf = ({ exp = 0 }: Claims): number => exp * secondMs;
