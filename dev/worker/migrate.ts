/** Brings a database to the newest migration, recorded as Wrangler records it, so that both tools agree on what ran. */

import type { Database } from './description.ts';
import type { WorkerRuntime } from './runtime.ts';

const TABLE = `CREATE TABLE IF NOT EXISTS d1_migrations (
  id INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT UNIQUE, applied_at TIMESTAMP DEFAULT CURRENT_TIMESTAMP NOT NULL)`;

/** Applies what is missing, each migration in one batch with its record; returns the names of those it applied. */
export async function migrate(worker: WorkerRuntime, { binding, migrations }: Database): Promise<string[]> {
  const db = await worker.database(binding);
  await db.prepare(TABLE).run();
  const { results } = await db.prepare('SELECT name FROM d1_migrations').all<{ name: string }>();
  const applied = new Set(results.map(({ name }) => name));
  const missing = migrations.filter(({ name }) => !applied.has(name));
  for (const { name, statements } of missing) {
    const record = db.prepare('INSERT INTO d1_migrations (name) VALUES (?)').bind(name);
    await db.batch([...statements.map((statement) => db.prepare(statement)), record]);
  }
  return missing.map(({ name }) => name);
}
