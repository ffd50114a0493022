/** Bare node:sqlite with the shard's own table: rows a second, durable, one prepared INSERT a row, a commit a chunk. */
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';

const MIGRATIONS = join(import.meta.dirname, '../../../migrations/usage');

/** Stores `rows` (flat arrays of all columns of `windows`) in chunks. @returns seconds */
export function storeBare(rows: readonly (number | null)[][], chunkRows: number): number {
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
    const width = rows[0]?.length ?? 0;
    const insert = db.prepare(`INSERT INTO windows VALUES (${Array(width).fill('?').join(', ')})`);
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
