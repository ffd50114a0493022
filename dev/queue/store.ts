/**
 * The queue's rows in SQLite. Owns the schema and its statements; decides nothing (broker.ts does) and opens no
 * transaction (the caller's commit does).
 */
import type { DatabaseSync } from 'node:sqlite';
import { openDurable } from '../data/sqlite.ts';
import type { ContentType, StoredMessage } from './message.ts';

const SCHEMA = `
  CREATE TABLE IF NOT EXISTS message (
    seq INTEGER PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    queue TEXT NOT NULL,
    body BLOB NOT NULL,
    content_type TEXT NOT NULL,
    sent_at INTEGER NOT NULL,      -- ms
    visible_at INTEGER NOT NULL,   -- ms: nobody gets it before
    attempts INTEGER NOT NULL,     -- deliveries so far
    lease TEXT                     -- who got it last: a pull lease, or 'handler'
  ) STRICT;
  CREATE INDEX IF NOT EXISTS message_due ON message (queue, visible_at, seq);
`;

/** A message that the Worker's handler holds is visible again only when its delivery ends or the platform restarts. */
const HELD_BY_HANDLER = 'handler';
const NOT_BEFORE_RELEASE = Number.MAX_SAFE_INTEGER;

type Row = { seq: number; id: string; body: Uint8Array; content_type: string; sent_at: number; attempts: number };
export type DueMessage = StoredMessage & { seq: number };

const toMessage = (row: Row): DueMessage => ({
  seq: row.seq,
  id: row.id,
  body: row.body,
  contentType: row.content_type as ContentType,
  sentAtMs: row.sent_at,
  attempts: row.attempts,
});

export function openQueueStore(path: string) {
  const db: DatabaseSync = openDurable(path, SCHEMA);
  const insert = db.prepare(
    `INSERT INTO message (id, queue, body, content_type, sent_at, visible_at, attempts) VALUES (?, ?, ?, ?, ?, ?, 0)`,
  );
  const due = db.prepare(
    `SELECT seq, id, body, content_type, sent_at, attempts FROM message
     WHERE queue = ? AND visible_at <= ? ORDER BY visible_at, seq LIMIT ?`,
  );
  const lease = db.prepare('UPDATE message SET visible_at = ?, lease = ?, attempts = attempts + 1 WHERE seq = ?');
  const remove = db.prepare('DELETE FROM message WHERE queue = ? AND id = ?');
  const show = db.prepare('UPDATE message SET visible_at = ?, lease = NULL WHERE queue = ? AND id = ?');
  const move = db.prepare(
    'UPDATE message SET queue = ?, visible_at = ?, attempts = 0, lease = NULL WHERE queue = ? AND id = ?',
  );
  const find = db.prepare('SELECT attempts, lease FROM message WHERE queue = ? AND id = ?');
  const ready = db.prepare(
    `SELECT count(*) AS count, min(visible_at) AS oldest FROM
       (SELECT visible_at FROM message WHERE queue = ? AND visible_at <= ? ORDER BY visible_at LIMIT ?)`,
  );
  const next = db.prepare('SELECT min(visible_at) AS at FROM message WHERE queue = ? AND visible_at > ?');
  const backlog = db.prepare(
    'SELECT count(*) AS count, coalesce(sum(length(body)), 0) AS bytes, coalesce(min(sent_at), 0) AS oldest FROM message WHERE queue = ?',
  );
  const release = db.prepare(
    `UPDATE message SET visible_at = ?, lease = NULL, attempts = attempts - 1 WHERE lease = '${HELD_BY_HANDLER}'`,
  );
  const forget = db.prepare('DELETE FROM message WHERE sent_at < ?');

  return {
    db,
    insert: (queue: string, message: Omit<StoredMessage, 'attempts'>, visibleAtMs: number) => {
      insert.run(message.id, queue, message.body, message.contentType, message.sentAtMs, visibleAtMs);
    },
    /** Due messages, the one that became due first first; read lazily, so that a caller may stop at a size. */
    *due(queue: string, nowMs: number, count: number): Generator<DueMessage> {
      for (const row of due.iterate(queue, nowMs, count)) yield toMessage(row as Row);
    },
    lease: (seq: number, untilMs: number, leaseId: string) => lease.run(untilMs, leaseId, seq),
    holdForHandler: (seq: number) => lease.run(NOT_BEFORE_RELEASE, HELD_BY_HANDLER, seq),
    remove: (queue: string, id: string) => remove.run(queue, id).changes > 0,
    show: (queue: string, id: string, atMs: number) => show.run(atMs, queue, id),
    move: (from: string, id: string, to: string, nowMs: number) => move.run(to, nowMs, from, id),
    find: (queue: string, id: string) => find.get(queue, id) as { attempts: number; lease: string | null } | undefined,
    /** How many are due (counted up to `countMax`) and since when the oldest of them is. */
    ready: (queue: string, nowMs: number, countMax: number) =>
      ready.get(queue, nowMs, countMax) as { count: number; oldest: number | null },
    /** When the next message that is not due yet becomes due, or null. */
    nextDueMs: (queue: string, nowMs: number): number | null => {
      const { at } = next.get(queue, nowMs) as { at: number | null };
      return at === null || at === NOT_BEFORE_RELEASE ? null : at;
    },
    backlog: (queue: string) => backlog.get(queue) as { count: number; bytes: number; oldest: number },
    /**
     * After a restart: what a handler held is due again, and that delivery does not count against its retries,
     * because it was the platform that ended and not the handler that failed. Leases over HTTP stay: who holds one
     * may still be alive.
     */
    releaseHeld: (nowMs: number) => release.run(nowMs),
    forgetSentBefore: (atMs: number) => forget.run(atMs),
    close: () => db.close(),
  };
}
