/**
 * `npm run migrations`: the next migration of each database from src/db/*-schema.ts, then one that makes the triggers of
 * `windows` anew where src/usage/window-triggers.ts says other than the migrations. A migration that rebuilds a table is
 * refused: SQLite drops the table's triggers with it, and rows may be lost.
 */
import { spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Trigger, windowTriggers } from '../src/usage/window-triggers.ts';

const breakpoint = '--> statement-breakpoint';

/** The SQL files of a folder of migrations, in order. */
const filesIn = (folder: string): string[] =>
  readdirSync(folder)
    .filter((name) => name.endsWith('.sql'))
    .sort();

/** The triggers on `windows` that some migrations leave behind, by name. */
export function heldTriggers(migrations: readonly string[]): Map<string, string> {
  const held = new Map<string, string>();
  for (const statement of migrations.flatMap((text) => text.split(breakpoint))) {
    const sql = statement.replace(/^\s*(?:--.*\s*)*/, '').trim();
    const dropped = /^DROP TRIGGER (?:IF EXISTS )?(\w+)/.exec(sql)?.[1];
    const made = /^CREATE TRIGGER (\w+)[^;]*? ON windows\b/.exec(sql)?.[1];
    if (dropped) held.delete(dropped);
    if (made) held.set(made, sql.replace(/;$/, ''));
  }
  return held;
}

/** The migration from the triggers that are held to those wanted; null when they are the same. */
export function triggerMigration(held: ReadonlyMap<string, string>, wanted: readonly Trigger[]): string | null {
  const changed = wanted.filter(({ name, sql }) => held.get(name) !== sql);
  const gone = [...held.keys()].filter((name) => !wanted.some((trigger) => trigger.name === name));
  if (changed.length === 0 && gone.length === 0) return null;
  const drops = [...changed.map(({ name }) => name), ...gone].map((name) => `DROP TRIGGER IF EXISTS ${name};`);
  const text = [...drops, ...changed.map(({ sql }) => `${sql};`)].join(`\n${breakpoint}\n`);
  return `-- Made from src/usage/window-triggers.ts by \`npm run migrations\`.\n${text}\n`;
}

/** Whether a migration makes a table anew instead of adding to it. */
export const rebuildsTable = (migration: string): boolean => /\bDROP TABLE\b|__new_/i.test(migration);

function generate(database: string, options: readonly string[]): void {
  const env = { ...process.env, DATABASE: database };
  const { status } = spawnSync('drizzle-kit', ['generate', ...options], { env, stdio: 'inherit' });
  if (status !== 0) process.exit(status ?? 1);
}

/** Runs drizzle-kit in a folder. @returns the new files; none of them is left when one rebuilds a table */
function generateIn(folder: string, database: string, options: readonly string[] = []): string[] {
  const backup = mkdtempSync(join(tmpdir(), 'tenantry-migrations-'));
  cpSync(folder, backup, { recursive: true });
  const before = new Set(filesIn(folder));
  generate(database, options);
  const made = filesIn(folder).filter((name) => !before.has(name));
  const rebuilds = made.filter((name) => rebuildsTable(readFileSync(join(folder, name), 'utf8')));
  if (rebuilds.length > 0) {
    rmSync(folder, { recursive: true });
    cpSync(backup, folder, { recursive: true });
    console.error(
      `${database}: refused, the migration would rebuild a table; columns may only be added (docs/storage.md)`,
    );
    process.exit(1);
  }
  rmSync(backup, { recursive: true });
  return made;
}

/** Writes what is due into `migrations/`. */
function writeMigrations(): void {
  for (const database of ['control', 'usage']) generateIn(join('migrations', database), database);
  const folder = join('migrations', 'usage');
  const held = heldTriggers(filesIn(folder).map((name) => readFileSync(join(folder, name), 'utf8')));
  const text = triggerMigration(held, windowTriggers());
  if (text === null) return;
  for (const name of generateIn(folder, 'usage', ['--custom', '--name=window_triggers'])) {
    writeFileSync(join(folder, name), text);
  }
}

if (import.meta.main) writeMigrations();
