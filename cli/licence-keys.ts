/**
 * LICENSE_PRIVATE_KEYS: a JSON array of private RSA JWKs. The first signs, all are published. Owns making a key and the
 * order of the set; where the text is kept is the caller's. A message of this file never carries key material.
 */
import {
  calculateJwkThumbprint,
  exportJWK,
  exportPKCS8,
  exportSPKI,
  generateKeyPair,
  importJWK,
  importPKCS8,
} from 'jose';
import { z } from 'zod';
import { err, ok, type Result } from '../src/lib/result.ts';

/** RS256 asks for 2048 bits or more (RFC 7518 §3.3). */
export const keyBits = [2048, 3072, 4096] as const;
export type KeyBits = (typeof keyBits)[number];

/** A Worker's variable or secret holds 5 KB (Cloudflare's limit): three keys of 2048 bits fit, two of 4096 don't. */
export const secretBytesMax = 5 * 1024;

const base64url = z.string().regex(/^[A-Za-z0-9_-]+$/);
const privateJwk = z.looseObject({
  kty: z.literal('RSA'),
  n: base64url,
  e: base64url,
  d: base64url,
  p: base64url,
  q: base64url,
  dp: base64url,
  dq: base64url,
  qi: base64url,
});
export type PrivateJwk = z.infer<typeof privateJwk>;
export type KeySet = readonly PrivateJwk[];

/** secrets.json of a platform of `npm start`, which keeps the set as text. */
const secretsOfPlatform = z.looseObject({ license_private_keys: z.string() });

const modulusBytesMin = keyBits[0] / 8;

/** A key just made, with its RFC 7638 thumbprint as `kid`. */
export async function newKey(bits: KeyBits): Promise<PrivateJwk> {
  const { privateKey } = await generateKeyPair('RS256', { extractable: true, modulusLength: bits });
  const jwk = await exportJWK(privateKey);
  return privateJwk.parse({ ...jwk, alg: 'RS256', use: 'sig', kid: await kidOf(jwk) });
}

/** The set's key from a PKCS #8 PEM, as seed 004's LICENSE_PRIVATE_KEY_PATH names one. */
export async function keyFromPem(pem: string): Promise<Result<PrivateJwk, string>> {
  try {
    const jwk = await exportJWK(await importPKCS8(pem.trim(), 'RS256', { extractable: true }));
    const key = privateJwk.parse({ ...jwk, alg: 'RS256', use: 'sig', kid: await kidOf(jwk) });
    const read = readKeySet(textOf([key]));
    return read.ok ? ok(key) : read;
  } catch {
    return err('is not a private RSA key in PKCS #8 PEM (-----BEGIN PRIVATE KEY-----)');
  }
}

/** The private half as PKCS #8 PEM. */
export async function privatePemOf(key: PrivateJwk): Promise<string> {
  return await exportPKCS8((await importJWK(key, 'RS256', { extractable: true })) as CryptoKey);
}

/** RFC 7638 thumbprint, as the API names the key. */
export const kidOf = (jwk: Parameters<typeof calculateJwkThumbprint>[0]): Promise<string> =>
  calculateJwkThumbprint(jwk, 'sha256');

/** The public half as SPKI PEM: what an instance verifies with. */
export async function publicPemOf({ kty, n, e }: PrivateJwk): Promise<string> {
  return await exportSPKI((await importJWK({ kty, n, e }, 'RS256', { extractable: true })) as CryptoKey);
}

/** Reads a set, also out of a platform's secrets; the failure is one line without any of it. */
export function readKeySet(text: string): Result<KeySet, string> {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return err('is not JSON');
  }
  const kept = secretsOfPlatform.safeParse(value);
  if (kept.success) return readKeySet(kept.data.license_private_keys);
  const read = z.array(privateJwk).min(1).safeParse(value);
  if (!read.success) {
    const path = read.error.issues[0]?.path ?? [];
    return err(`is not an array of private RSA JWKs${path.length === 0 ? '' : ` (at ${path.join('.')})`}`);
  }
  const short = read.data.findIndex((key) => Buffer.from(key.n, 'base64url').length < modulusBytesMin);
  if (short >= 0) return err(`has a key of less than ${keyBits[0]} bits (at ${short})`);
  if (new Set(read.data.map((key) => key.n)).size < read.data.length) return err('has the same key twice');
  return ok(read.data);
}

/** The text of the variable: one line. */
export const textOf = (set: KeySet): string => JSON.stringify(set);

/** A new key goes behind the others, so that it is published before it signs. */
export const withNew = (set: KeySet, key: PrivateJwk): KeySet => [...set, key];

/** The last key moves to the front and signs from now on; the others stay published for the licences they signed. */
export function withLastInFront(set: KeySet): KeySet {
  const last = set.at(-1);
  return last === undefined ? set : [last, ...set.slice(0, -1)];
}
