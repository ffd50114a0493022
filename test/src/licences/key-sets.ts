/** Licence keys of tests: private JWKs as LICENSE_PRIVATE_KEYS holds them. */
import { calculateJwkThumbprint, exportJWK, generateKeyPair, type JWK } from 'jose';

export interface TestKey {
  kid: string;
  jwk: JWK;
  privateKey: CryptoKey;
  publicKey: CryptoKey;
}

export async function newLicenceKey(modulusLength = 2048): Promise<TestKey> {
  const { privateKey, publicKey } = await generateKeyPair('RS256', { extractable: true, modulusLength });
  const jwk = await exportJWK(privateKey);
  return { kid: await calculateJwkThumbprint(jwk), jwk, privateKey, publicKey };
}

/** The text of the secret. */
export const secretOf = (...keys: readonly TestKey[]): string => JSON.stringify(keys.map(({ jwk }) => jwk));
