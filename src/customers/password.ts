/** Passwords are kept as scrypt hashes (RFC 7914) with their parameters, so that these can grow. */
import { type ScryptOptions, scrypt, timingSafeEqual } from 'node:crypto';
import { hex, type Random } from '../lib/ids.ts';

const cost = 2 ** 14;
const blockSize = 8;
const parallelization = 1;
const keyBytes = 32;
const saltBytes = 16;

const derived = (password: string, salt: Uint8Array, bytes: number, parameters: ScryptOptions): Promise<Uint8Array> =>
  new Promise((resolve, reject) => {
    scrypt(password, salt, bytes, parameters, (error, key) => (error ? reject(error) : resolve(key)));
  });

/** `scrypt$N$r$p$salt$hash`, salt and hash in hex. */
export async function hashPassword(password: string, random: Random): Promise<string> {
  const salt = random(saltBytes);
  const key = await derived(password, salt, keyBytes, { N: cost, r: blockSize, p: parallelization });
  return `scrypt$${cost}$${blockSize}$${parallelization}$${hex(salt)}$${hex(key)}`;
}

/** Nobody's password: what is compared where there is none, so that an unknown email takes the time of a known one. */
const nobodys = `scrypt$${cost}$${blockSize}$${parallelization}$${'0'.repeat(2 * saltBytes)}$${'0'.repeat(2 * keyBytes)}`;

/** Whether the password is that of a stored hash. Compares without telling where they differ. */
async function matches(password: string, stored: string): Promise<boolean> {
  const [, N, r, p, salt = '', hash = ''] = stored.split('$');
  const parameters = { N: Number(N), r: Number(r), p: Number(p) };
  const wanted = Buffer.from(hash, 'hex');
  const key = await derived(password, Buffer.from(salt, 'hex'), wanted.length, parameters);
  return timingSafeEqual(key, wanted);
}

/** One person has at most two hashes: the signup's, and the one that was set by a mailed link. */
const comparedAlways = 2;

/**
 * Which of the stored hashes are the password's. It hashes twice however few there are, so that its time does not say
 * whether anybody, or who, has a password.
 */
export async function matching(password: string, hashes: ReadonlySet<string>): Promise<Set<string>> {
  const found = new Set<string>();
  for (const hash of hashes) if (await matches(password, hash)) found.add(hash);
  for (let compared = hashes.size; compared < comparedAlways; compared++) await matches(password, nobodys);
  return found;
}
