/** Bare node:sqlite with the shard's own table: rows a second, durable, one prepared INSERT a row, a commit a chunk. */
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';

const MIGRATIONS = join(import.meta.dirname, '../../../migrations/usage');

/** Stores rows, arrays of the cells of `columns`, in chunks. @returns seconds */
export function storeBare(columns: readonly string[], rows: readonly (number | null)[][], chunkRows: number): number {
  const folder = mkdtempSync(join(tmpdir(), 'tenantry-floor-'));
  const db = new DatabaseSync(join(folder, 'floor.sqlite'));
  try {
    db.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL');
    for (const file of readdirSync(MIGRATIONS)
      .filter((name) => name.endsWith('.sql'))
      .sort()) {
      for (const statement of readFileSync(join(MIGRATIONS, file), 'utf8').split('--> statement-breakpoint'))
        db.exec(statement);
    }
    const insert = db.prepare(
      `INSERT INTO windows (${columns.join(', ')}) VALUES (${columns.map(() => '?').join(', ')})`,
    );
    const started = performance.now();
    for (let from = 0; from < rows.length; from += chunkRows) {
      db.exec('BEGIN');
      for (const row of rows.slice(from, from + chunkRows)) insert.run(...row);
      db.exec('COMMIT');
    }
    return (performance.now() - started) / 1000;
  } finally {
    db.close();
    rmSync(folder, { recursive: true, force: true });
  }
}
