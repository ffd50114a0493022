/** Reads a secret when it is needed, so that a rotated file is used from the next request on. */
import { readFileSync } from 'node:fs';
import type { Secret } from '../src/lib/variables.ts';

/** The secret's text without surrounding white space; throws when its file cannot be read. */
export const reveal = (secret: Secret): string =>
  'value' in secret ? secret.value : readFileSync(secret.file, 'utf8').trim();
