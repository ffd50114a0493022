/**
 * Secrets that the Worker derives from LICENSE_PRIVATE_KEYS instead of having variables of their own: a licence key's private
 * exponent is the source, the purpose keeps what is derived apart from all else. They are rotated with the licence keys. Pure.
 */
import { hkdfSync } from 'node:crypto';
import { parseJson } from '../lib/json.ts';

/**
 * The private exponents of a JSON array of private RSA JWKs, the first one's first.
 * @throws Error with one line that names what is wrong and prints no key
 */
export function exponentsOf(licenceKeys: string): [string, ...string[]] {
  const jwks = parseJson(licenceKeys);
  const found = Array.isArray(jwks) ? jwks.map((jwk) => (jwk as { d?: unknown } | null)?.d) : [];
  const [first, ...others] = found.map((d) => {
    if (typeof d !== 'string' || d === '') throw new Error('LICENSE_PRIVATE_KEYS: every key must be a private RSA JWK');
    return d;
  });
  if (first === undefined) throw new Error('LICENSE_PRIVATE_KEYS: must be an array with at least one key');
  return [first, ...others];
}

/** Bytes for one purpose. */
export const derive = (exponent: string, purpose: string, bytes: number): Buffer =>
  Buffer.from(hkdfSync('sha256', exponent, '', `tenantry ${purpose} v1`, bytes));
