/**
 * Text that only we can read and nobody can change: AES-GCM under keys that are derived from LICENSE_PRIVATE_KEYS
 * (derived-key.ts). The first key seals, all of them open: what was sealed under a key that has been taken out of the
 * variable is lost.
 */
import type { Random } from '../lib/ids.ts';
import { derive, exponentsOf } from './derived-key.ts';

/** What a sealed text is for: one for another purpose does not open. */
export type Purpose = 'client secret' | 'sign-in' | 'signup';

export interface Sealer {
  /** @param about what the text belongs to; it opens only with the same */
  seal(purpose: Purpose, about: string, text: string): Promise<string>;
  /** The text, null when it was not sealed here, for that purpose, about that, or was changed. */
  open(purpose: Purpose, about: string, sealed: string): Promise<string | null>;
}

const ivBytes = 12;
const idBytes = 6;
const keyBytes = 32;

const bytesOf = (text: string) => new TextEncoder().encode(text);
const toBase64 = (bytes: Uint8Array) => Buffer.from(bytes).toString('base64url');
const fromBase64 = (text: string) => new Uint8Array(Buffer.from(text, 'base64url'));

interface SealKey {
  id: string;
  key: CryptoKey;
}

async function sealKey(exponent: string, purpose: Purpose): Promise<SealKey> {
  const bytes = new Uint8Array(derive(exponent, `${purpose} key`, keyBytes));
  const key = await crypto.subtle.importKey('raw', bytes, 'AES-GCM', false, ['encrypt', 'decrypt']);
  return { id: derive(exponent, `${purpose} key id`, idBytes).toString('hex'), key };
}

/** The sealer of LICENSE_PRIVATE_KEYS, a JSON array of private RSA JWKs. Calls throw an Error that prints no key. */
export function makeSealer(licenceKeys: string, random: Random): Sealer {
  const known = new Map<Purpose, Promise<SealKey[]>>();
  const keysFor = (purpose: Purpose): Promise<SealKey[]> => {
    const keys =
      known.get(purpose) ?? Promise.all(exponentsOf(licenceKeys).map((exponent) => sealKey(exponent, purpose)));
    known.set(purpose, keys);
    return keys;
  };
  const cipher = (purpose: Purpose, about: string, iv: Uint8Array<ArrayBuffer>) => ({
    name: 'AES-GCM',
    iv,
    additionalData: bytesOf(JSON.stringify([purpose, about])),
  });
  return {
    async seal(purpose, about, text) {
      const [first] = await keysFor(purpose);
      if (!first) throw new Error('the key set is empty');
      const iv = new Uint8Array(random(ivBytes));
      const sealed = await crypto.subtle.encrypt(cipher(purpose, about, iv), first.key, bytesOf(text));
      return [first.id, toBase64(iv), toBase64(new Uint8Array(sealed))].join('.');
    },
    async open(purpose, about, given) {
      const [id, iv, sealed] = given.split('.');
      const key = (await keysFor(purpose)).find((candidate) => candidate.id === id);
      const [start, data] = [fromBase64(iv ?? ''), fromBase64(sealed ?? '')];
      if (!key || start.length !== ivBytes) return null;
      try {
        return new TextDecoder().decode(await crypto.subtle.decrypt(cipher(purpose, about, start), key.key, data));
      } catch {
        return null;
      }
    },
  };
}
