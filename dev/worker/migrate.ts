/** Brings a database to the newest migration, recorded as Wrangler records it, so that both tools agree on what ran. */

import { PlatformError } from '../problem.ts';
import type { Database } from './description.ts';
import type { WorkerRuntime } from './runtime.ts';

const TABLE = `CREATE TABLE IF NOT EXISTS d1_migrations (
  id INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT UNIQUE, applied_at TIMESTAMP DEFAULT CURRENT_TIMESTAMP NOT NULL)`;

async function appliedIn(worker: WorkerRuntime, { binding }: Database): Promise<Set<string>> {
  const db = await worker.database(binding);
  await db.prepare(TABLE).run();
  const { results } = await db.prepare('SELECT name FROM d1_migrations').all<{ name: string }>();
  return new Set(results.map(({ name }) => name));
}

async function apply(
  worker: WorkerRuntime,
  { binding, migrations }: Database,
  applied: Set<string>,
): Promise<string[]> {
  const db = await worker.database(binding);
  const missing = migrations.filter(({ name }) => !applied.has(name));
  for (const { name, statements } of missing) {
    const record = db.prepare('INSERT INTO d1_migrations (name) VALUES (?)').bind(name);
    await db.batch([...statements.map((statement) => db.prepare(statement)), record]);
  }
  return missing.map(({ name }) => name);
}

/**
 * Applies what each database lacks, each migration in one batch with its record; returns the names of those applied, by
 * binding. Throws PlatformError before any is applied when a database has a migration that is not among ours: a newer
 * version has used it, and this one would work on tables that it does not know.
 * @param advice what a person can do about that, the end of the sentence
 */
export async function migrate(
  worker: WorkerRuntime,
  databases: Database[],
  advice: string,
): Promise<Map<string, string[]>> {
  const found = await Promise.all(
    databases.map(async (database) => ({ database, applied: await appliedIn(worker, database) })),
  );
  for (const { database, applied } of found) {
    const known = new Set(database.migrations.map(({ name }) => name));
    const unknown = [...applied].filter((name) => !known.has(name));
    if (unknown.length > 0) {
      throw new PlatformError(
        `database ${database.binding} has migrations not known here (${unknown.join(', ')}): ${advice}`,
      );
    }
  }
  const done = new Map<string, string[]>();
  for (const { database, applied } of found) done.set(database.binding, await apply(worker, database, applied));
  return done;
}
