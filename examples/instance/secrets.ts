/** Ids and secrets: a secret is shown once, and only its SHA-256 is stored. */
import { createHash, randomBytes } from 'node:crypto';

const idBytes = 16;
const secretBytes = 24;

export const newId = (prefix: string): string => `${prefix}_${randomBytes(idBytes).toString('hex')}`;
export const newSecret = (prefix: string): string => `${prefix}_${randomBytes(secretBytes).toString('hex')}`;
export const hashOf = (secret: string): string => createHash('sha256').update(secret).digest('hex');
