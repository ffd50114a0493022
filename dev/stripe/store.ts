/** The stand-in's rows: customers, and answers kept for idempotency. Opens no transaction; the caller's commit does. */
import { openDurable } from '../data/sqlite.ts';
import type { Customer } from './customers.ts';

const SCHEMA = `
  CREATE TABLE IF NOT EXISTS customer (
    seq INTEGER PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    email TEXT,
    json TEXT NOT NULL
  ) STRICT;
  CREATE INDEX IF NOT EXISTS customer_email ON customer (email);
  CREATE TABLE IF NOT EXISTS kept_answer (
    key TEXT PRIMARY KEY,
    request TEXT NOT NULL,   -- SHA-256 of method, path and parameters
    status INTEGER NOT NULL,
    body TEXT NOT NULL,
    at INTEGER NOT NULL      -- ms
  ) STRICT;
`;

export type KeptAnswer = { request: string; status: number; body: string };
type JsonRow = { json: string };

export function openStripeStore(path: string) {
  const db = openDurable(path, SCHEMA);
  const insert = db.prepare('INSERT INTO customer (id, email, json) VALUES (?, ?, ?)');
  const byId = db.prepare('SELECT json FROM customer WHERE id = ?');
  const page = db.prepare(
    `SELECT json FROM customer
     WHERE (?1 IS NULL OR email = ?1)
       AND (?2 IS NULL OR seq < (SELECT seq FROM customer WHERE id = ?2))
     ORDER BY seq DESC LIMIT ?3`,
  );
  const all = db.prepare('SELECT json FROM customer ORDER BY seq DESC');
  const kept = db.prepare('SELECT request, status, body FROM kept_answer WHERE key = ? AND at > ?');
  const keep = db.prepare('INSERT OR REPLACE INTO kept_answer (key, request, status, body, at) VALUES (?, ?, ?, ?, ?)');
  const parse = (row: unknown): Customer => JSON.parse((row as JsonRow).json);
  return {
    db,
    insert: (customer: Customer) => insert.run(customer.id, customer.email, JSON.stringify(customer)),
    byId: (id: string): Customer | null => {
      const row = byId.get(id);
      return row === undefined ? null : parse(row);
    },
    /** Newest first, those after `startingAfter`. */
    page: (email: string | null, startingAfter: string | null, count: number): Customer[] =>
      page.all(email, startingAfter, count).map(parse),
    all: (): Customer[] => all.all().map(parse),
    kept: (key: string, sinceMs: number) => kept.get(key, sinceMs) as KeptAnswer | undefined,
    keep: (key: string, answer: KeptAnswer, atMs: number) =>
      keep.run(key, answer.request, answer.status, answer.body, atMs),
    close: () => db.close(),
  };
}
