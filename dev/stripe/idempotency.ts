/**
 * Idempotency keys of POST requests (https://docs.stripe.com/api/idempotent_requests): the answer again for 24 h, a 500 too;
 * other parameters refused; 409 while the first one is under way. What never began to run (wrong parameters, 409, 429) is not
 * kept. A kept answer is in the commit of what it tells.
 */
import { createHash } from 'node:crypto';
import type { DatabaseSync } from 'node:sqlite';
import { dayMs } from '../../src/lib/time.ts';

export const keyCharactersMax = 255;
const keptMs = dayMs;

const schema = `
  CREATE TABLE IF NOT EXISTS answer_kept (
    key TEXT PRIMARY KEY,
    request TEXT NOT NULL,     -- SHA-256 of method, path and parameters
    request_id TEXT NOT NULL,
    status INTEGER NOT NULL,
    body TEXT NOT NULL,
    at INTEGER NOT NULL        -- ms
  ) STRICT;
`;

export type KeptAnswer = { request: string; request_id: string; status: number; body: string };

/** What is compared when a key comes again. */
export const fingerprintOf = (method: string, path: string, parameters: string): string =>
  createHash('sha256')
    .update(JSON.stringify([method, path, parameters]))
    .digest('hex');

export function openIdempotency(db: DatabaseSync) {
  db.exec(schema);
  const kept = db.prepare('SELECT request, request_id, status, body FROM answer_kept WHERE key = ? AND at > ?');
  const keep = db.prepare(
    'INSERT OR REPLACE INTO answer_kept (key, request, request_id, status, body, at) VALUES (?, ?, ?, ?, ?, ?)',
  );
  const drop = db.prepare('DELETE FROM answer_kept WHERE at <= ?');
  const underWay = new Set<string>();
  return {
    kept: (key: string, now: number): KeptAnswer | null =>
      (kept.get(key, now - keptMs) as KeptAnswer | undefined) ?? null,
    keep: (key: string, answer: KeptAnswer, now: number): void => {
      drop.run(now - keptMs);
      keep.run(key, answer.request, answer.request_id, answer.status, answer.body, now);
    },
    /** False when that key is under way already; `leave` ends it. */
    enter: (key: string): boolean => {
      if (underWay.has(key)) return false;
      underWay.add(key);
      return true;
    },
    leave: (key: string): void => {
      underWay.delete(key);
    },
  };
}
export type Idempotency = ReturnType<typeof openIdempotency>;
