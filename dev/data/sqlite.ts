/** Opens a SQLite file so that a commit that was answered survives kill -9 and a power cut. */
import { DatabaseSync } from 'node:sqlite';

/** WAL with synchronous FULL: one fsync a commit. Throws when the file cannot be opened or is no database. */
export function openDurable(path: string, schema: string): DatabaseSync {
  const db = new DatabaseSync(path);
  db.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA busy_timeout = 5000;');
  db.exec(schema);
  return db;
}
