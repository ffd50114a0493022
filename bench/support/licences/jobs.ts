/**
 * What is timed of licences: issuing and verifying one by the product's functions, and beside each the bare RSA operation of
 * WebCrypto on as many bytes. The same in Node and in workerd.
 */
import { exportJWK, generateKeyPair } from 'jose';
import { jwksOf, openKeyring, sign } from '../../../src/licences/keyring.ts';
import { verifyLicence } from '../../../src/licences/verify.ts';
import { claimsAt, issuer } from '../../../test/licences/subject.ts';

export const jobNames = ['issue', 'bare sign', 'verify', 'bare verify'] as const;
export type JobName = (typeof jobNames)[number];
export type Jobs = Record<JobName, () => Promise<unknown>>;

const algorithm = 'RSASSA-PKCS1-v1_5';

/** With a key of 2,048 bits. A verification that fails throws. */
export async function makeJobs(now: number): Promise<Jobs> {
  const { privateKey, publicKey } = await generateKeyPair('RS256', { extractable: true, modulusLength: 2048 });
  const keyring = await openKeyring(JSON.stringify([await exportJWK(privateKey)]));
  const claims = claimsAt('0'.repeat(32), now);
  const signed = await sign(keyring, claims);
  if (!signed) throw new Error('no key signs');
  const jwks = jwksOf(keyring);
  const bytes = new TextEncoder().encode(signed.token.slice(0, signed.token.lastIndexOf('.')));
  const signature = await crypto.subtle.sign(algorithm, privateKey, bytes);
  const holds = (isValid: boolean) => {
    if (!isValid) throw new Error('a valid licence was refused');
  };
  return {
    issue: () => sign(keyring, claims),
    'bare sign': () => crypto.subtle.sign(algorithm, privateKey, bytes),
    verify: async () => holds((await verifyLicence(signed.token, jwks, issuer, new Date(now))).valid),
    'bare verify': async () => holds(await crypto.subtle.verify(algorithm, publicKey, signature, bytes)),
  };
}
