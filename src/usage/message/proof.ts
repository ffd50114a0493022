/**
 * The proof that a message of the usage queue was made by a Worker of ours (decision 0006). Whoever may pull from a queue
 * at Cloudflare may write to every queue of the account, so what comes out of one is believed only with an HMAC in front.
 * The keys are derived from LICENSE_PRIVATE_KEYS: the first proves, all are accepted, so that they are rotated together.
 */
import { createHmac, timingSafeEqual } from 'node:crypto';
import { derive, exponentsOf } from '../../licences/derived-key.ts';

export interface Prover {
  /** The message with its proof in front. */
  prove: (message: string) => string;
  /** The message of a text without its proof; null when none of our keys made the proof. */
  check: (text: string) => string | null;
}

interface ProofKey {
  id: string;
  secret: Buffer;
}

const mark = 'proof 1';
const secretBytes = 32;
const idBytes = 6;

function keysOf(licenceKeys: string): [ProofKey, ...ProofKey[]] {
  const keyOf = (exponent: string): ProofKey => ({
    id: derive(exponent, 'usage message key id', idBytes).toString('hex'),
    secret: derive(exponent, 'usage message secret', secretBytes),
  });
  const [first, ...others] = exponentsOf(licenceKeys);
  return [keyOf(first), ...others.map(keyOf)];
}

const macOf = ({ secret }: ProofKey, message: string): Buffer => createHmac('sha256', secret).update(message).digest();

/** The proof and the rest of a text, null when the text does not begin with a proof. */
function split(text: string): { id: string; mac: Buffer; message: string } | null {
  const end = text.indexOf('\n');
  if (end < 0 || !text.startsWith(`${mark} `)) return null;
  const [id = '', mac = ''] = text.slice(mark.length + 1, end).split(' ');
  return { id, mac: Buffer.from(mac, 'base64url'), message: text.slice(end + 1) };
}

/** A text without the proof in front of it, whoever made the proof. */
export const withoutProof = (text: string): string => split(text)?.message ?? text;

let cached: { source: string; prover: Prover } | null = null;

/**
 * The prover of LICENSE_PRIVATE_KEYS, a JSON array of private RSA JWKs; made once an isolate.
 * @throws Error with one line that names what is wrong and prints no key
 */
export function proverOf(licenceKeys: string): Prover {
  if (cached?.source !== licenceKeys) cached = { source: licenceKeys, prover: makeProver(keysOf(licenceKeys)) };
  return cached.prover;
}

function makeProver(keys: readonly [ProofKey, ...ProofKey[]]): Prover {
  const [first] = keys;
  const byId = new Map(keys.map((key) => [key.id, key]));
  return {
    prove: (message) => `${mark} ${first.id} ${macOf(first, message).toString('base64url')}\n${message}`,
    check(text) {
      const given = split(text);
      const key = given && byId.get(given.id);
      if (!key) return null;
      const right = macOf(key, given.message);
      return given.mac.length === right.length && timingSafeEqual(given.mac, right) ? given.message : null;
    },
  };
}
