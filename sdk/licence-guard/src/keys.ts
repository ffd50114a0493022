/**
 * The public keys that licences are verified with, by their ids: from PEMs, from a JWK set, or from both. Owns how a key is
 * read; where a set comes from is the caller's. RSA below 2048 bits verifies nothing.
 */
import { calculateJwkThumbprint, exportJWK, importJWK, importSPKI, type JWK } from 'jose';
import { isFields } from './core/claims.ts';

/** Each key by its id, the RFC 7638 thumbprint that the header of a licence names. */
export type KeySet = ReadonlyMap<string, CryptoKey>;

/** A set as `/.well-known/jwks.json` serves it. */
export interface JwkSet {
  keys: JWK[];
}

/** Keys as a host has them: one PEM or several, a set, or both. */
export interface GivenKeys {
  /** SPKI, as `GET /api/licenses/public-key` answers; a text may hold several. */
  pem?: string | readonly string[];
  jwks?: JwkSet;
}

const algorithm = 'RS256';
const pemBlock = /-----BEGIN PUBLIC KEY-----[^-]+-----END PUBLIC KEY-----/g;

async function readPem(pem: string): Promise<[string, CryptoKey]> {
  const jwk = await exportJWK(await importSPKI(pem, algorithm, { extractable: true }));
  return [await calculateJwkThumbprint(jwk), await importKey(jwk)];
}

const importKey = async (jwk: JWK): Promise<CryptoKey> =>
  (await importJWK({ kty: 'RSA', n: jwk.n, e: jwk.e } as JWK, algorithm)) as CryptoKey;

const isOurs = (jwk: unknown): jwk is JWK & { kid: string } =>
  isFields(jwk) &&
  jwk['kty'] === 'RSA' &&
  typeof jwk['kid'] === 'string' &&
  [jwk['n'], jwk['e']].every((part) => typeof part === 'string') &&
  [undefined, algorithm].includes(jwk['alg'] as string | undefined) &&
  [undefined, 'sig'].includes(jwk['use'] as string | undefined);

/** Whether something is a set with at least one key that could verify a licence. */
export const isJwkSet = (value: unknown): value is JwkSet =>
  isFields(value) && Array.isArray(value['keys']) && value['keys'].some(isOurs);

/**
 * Reads the keys. What a set holds for other purposes is passed over.
 * @throws Error when there is no key in it, or a PEM that is none
 */
export async function readKeys({ pem = [], jwks }: GivenKeys): Promise<KeySet> {
  const texts = typeof pem === 'string' ? [pem] : pem;
  const blocks = texts.flatMap((text) => {
    const found = text.match(pemBlock);
    if (!found) throw new Error('licence-guard: a key is no PEM of a public key (BEGIN PUBLIC KEY)');
    return found;
  });
  const ours = (jwks?.keys ?? []).filter(isOurs);
  const entries = await Promise.all([
    ...blocks.map(readPem),
    ...ours.map(async (jwk): Promise<[string, CryptoKey]> => [jwk.kid, await importKey(jwk)]),
  ]).catch((error: unknown) => {
    throw new Error(`licence-guard: a key cannot be read: ${String(error)}`);
  });
  if (entries.length === 0) throw new Error('licence-guard: there is no key to verify licences with');
  return new Map(entries);
}
