/**
 * What a guard keeps between runs, as one text. Nothing in it is believed: licence and list are verified again when it is
 * read. Only the moment of the first start is taken as it stands.
 */
import { isJwkSet, type JwkSet } from '../keys.ts';
import { isFields } from './claims.ts';

/** Where a guard keeps its text: a file, a row, a key of a KV namespace. Both may throw; the guard goes on without. */
export interface GuardStore {
  /** The text that was written last, null when there is none. */
  read(): Promise<string | null>;
  /** Keeps the text whole or not at all: a reader never finds a half of it. */
  write(text: string): Promise<void>;
}

export interface GuardRecord {
  /** Milliseconds since the epoch. */
  firstStartedAt: number;
  /** When the API last said which licence is in force, ms. */
  checkedAt: number | null;
  licence: string | null;
  revocations: string | null;
  /** The key set as the API served it; null where the host gives its keys. */
  jwks: JwkSet | null;
}

const textOrNull = (value: unknown): string | null => (typeof value === 'string' ? value : null);
const momentOrNull = (value: unknown): number | null =>
  typeof value === 'number' && Number.isFinite(value) ? value : null;

export const writeRecord = (record: GuardRecord): string => JSON.stringify({ version: 1, ...record });

/** The record of a text; an instance that has none starts now (ms). Throws an Error when the text is none of ours. */
export function readRecord(text: string | null, now: number): GuardRecord {
  const read: unknown = text === null ? {} : JSON.parse(text);
  if (!isFields(read)) throw new Error('the stored text is no object');
  return {
    firstStartedAt: momentOrNull(read['firstStartedAt']) ?? now,
    checkedAt: momentOrNull(read['checkedAt']),
    licence: textOrNull(read['licence']),
    revocations: textOrNull(read['revocations']),
    jwks: isJwkSet(read['jwks']) ? read['jwks'] : null,
  };
}
