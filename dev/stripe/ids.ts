/** Ids as Stripe writes them: a prefix for each kind and letters that nobody guesses. */
import { randomBytes } from 'node:crypto';

const randomBytesInId = 18;

/** `prefix_` and 24 letters and digits. */
export const newId = (prefix: string): string =>
  `${prefix}_${randomBytes(randomBytesInId).toString('base64url').replace(/[-_]/g, '0')}`;

/** What a browser presents for an intent: `pi_…_secret_…`. */
export const newSecret = (id: string): string => newId(`${id}_secret`);
