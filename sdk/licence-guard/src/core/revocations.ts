/**
 * The signed list of licences that no longer count. Owns how it is read and what it says; a licence is refused for being
 * on it, never because the list is old or missing.
 */
import type { KeySet } from '../keys.ts';
import { isFields } from './claims.ts';
import { readSigned } from './signed.ts';

export interface Revocations {
  /** As it was signed, to be kept. */
  token: string;
  /** Seconds since the epoch. */
  iat: number;
  /** Seconds since the epoch; a newer list has been published by then. */
  exp: number;
  /** Licences, by their ids. */
  jtis: ReadonlySet<string>;
  /** Keys that were taken back before their time: whatever they signed is revoked. */
  kids: ReadonlySet<string>;
}

const kind = 'tenantry-revocations+jws';
/** 20,000 ids and more; the list names only licences that have not expired. */
const bytesMax = 2 ** 20;

const isTexts = (value: unknown): value is string[] =>
  Array.isArray(value) && value.every((item) => typeof item === 'string');

/** Reads a list. The word says why it is none: of its signature, or `wrong_claims`. */
export async function readRevocations(token: string, keys: KeySet): Promise<Revocations | string> {
  const signed = await readSigned(token, keys, bytesMax);
  if (typeof signed === 'string') return signed;
  const { typ, payload } = signed;
  if (typ !== kind || !isFields(payload)) return 'wrong_claims';
  const { iat, exp, jtis, kids } = payload;
  if (!Number.isSafeInteger(iat) || !Number.isSafeInteger(exp) || !isTexts(jtis) || !isTexts(kids))
    return 'wrong_claims';
  return { token, iat: iat as number, exp: exp as number, jtis: new Set(jtis), kids: new Set(kids) };
}

/**
 * The keys that may sign the next list. A key that the list in force has taken back signs none: whoever stole it could
 * otherwise take that back.
 */
export function keysAfter(held: Revocations | null, keys: KeySet): KeySet {
  return held ? new Map([...keys].filter(([kid]) => !held.kids.has(kid))) : keys;
}
