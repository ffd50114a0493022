/** Makes a database of a running platform refuse writes, as one that is overloaded or down does, and gives it back. */
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';

/** How long to wait for the platform to be between two writes. */
const LOCK_TIMEOUT_MS = 5_000;

/** Gives the database back. */
export type Release = () => void;

/** Makes the queue refuse messages; what it has it still hands out. */
export function refuseMessages(dataDir: string): Release {
  const db = new DatabaseSync(join(dataDir, 'queue.sqlite'), { timeout: LOCK_TIMEOUT_MS });
  db.exec(`CREATE TRIGGER down BEFORE INSERT ON message BEGIN SELECT RAISE(ABORT, 'the queue is down'); END`);
  return () => {
    db.exec('DROP TRIGGER down');
    db.close();
  };
}

/** Holds the write lock of the D1 database that has this table, so that every write fails; Miniflare names the files by a hash. */
export function holdD1(dataDir: string, table: string): Release {
  const folder = join(dataDir, 'worker/d1/miniflare-D1DatabaseObject');
  const found = readdirSync(folder)
    .filter((name) => name.endsWith('.sqlite'))
    .map((name) => join(folder, name))
    .find((path) => hasTable(path, table));
  if (found === undefined) throw new Error(`no D1 database has a table ${table}`);
  const db = new DatabaseSync(found, { timeout: LOCK_TIMEOUT_MS });
  db.exec('BEGIN IMMEDIATE');
  return () => db.close();
}

function hasTable(path: string, table: string): boolean {
  const db = new DatabaseSync(path, { readOnly: true });
  const row = db.prepare(`SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = ?`).get(table);
  db.close();
  return row !== undefined;
}
