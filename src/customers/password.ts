/** Passwords are kept as scrypt hashes (RFC 7914) with their parameters, so that these can grow. */
import { scrypt } from 'node:crypto';
import { hex, type Random } from '../lib/ids.ts';

const cost = 2 ** 14;
const blockSize = 8;
const parallelization = 1;
const keyBytes = 32;
const saltBytes = 16;

/** `scrypt$N$r$p$salt$hash`, salt and hash in hex. */
export async function hashPassword(password: string, random: Random): Promise<string> {
  const salt = random(saltBytes);
  const key = await new Promise<Uint8Array>((resolve, reject) => {
    scrypt(password, salt, keyBytes, { N: cost, r: blockSize, p: parallelization }, (error, derived) =>
      error ? reject(error) : resolve(derived),
    );
  });
  return `scrypt$${cost}$${blockSize}$${parallelization}$${hex(salt)}$${hex(key)}`;
}
