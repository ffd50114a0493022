/** The story of a new quantity: two lines and one command in a copy of the tree, then a shard of today's with rows in it. */
import { spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const root = join(import.meta.dirname, '../..');
const folder = mkdtempSync(join(tmpdir(), 'tenantry-quantity-'));
const migrations = join(folder, 'migrations/usage');
afterAll(() => rmSync(folder, { recursive: true }));

beforeAll(() => {
  for (const part of ['src', 'migrations', 'tools', 'drizzle.config.ts', 'package.json']) {
    cpSync(join(root, part), join(folder, part), { recursive: true });
  }
  symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'));
});

function edit(file: string, from: string, to: string): void {
  const text = readFileSync(join(folder, file), 'utf8');
  expect(text).toContain(from);
  writeFileSync(join(folder, file), text.replace(from, to));
}

const generate = () =>
  spawnSync(process.execPath, ['tools/migrations.ts'], {
    cwd: folder,
    encoding: 'utf8',
    env: { ...process.env, PATH: `${join(root, 'node_modules/.bin')}:${process.env['PATH']}` },
  });
const names = () =>
  readdirSync(migrations)
    .filter((name) => name.endsWith('.sql'))
    .sort();
const apply = (db: DatabaseSync, files: readonly string[]) => {
  for (const file of files) {
    const statements = readFileSync(join(migrations, file), 'utf8').split('--> statement-breakpoint');
    for (const statement of statements) db.exec(statement);
  }
};

const report = (db: DatabaseSync, column: string, revision: number, value: number) =>
  db.exec(`INSERT INTO windows (customer_seq, window_end, reporter_seq, project_seq, seconds, revision, accepted_at, complete,
      gap_ms, missing, ${column})
    VALUES (1, 3600000, 1, 1, 3600, ${revision}, 3600000, 1, 0, 0, ${value})
    ON CONFLICT DO UPDATE SET revision = excluded.revision, ${column} = excluded.${column}`);

describe('a new quantity', () => {
  it('is two lines and npm run migrations; rows and triggers of a standing shard stay, and the triggers know it', () => {
    const before = names();
    const db = new DatabaseSync(':memory:');
    apply(db, before);
    report(db, 'cpu_core_ms', 1, 1000);
    const row = { ...db.prepare('SELECT * FROM windows').get() };

    edit('src/contracts/usage.ts', '  custom_5: ownUnitsMax,\n', '  custom_5: ownUnitsMax,\n  gpu_hours: hoursMax,\n');
    const last = "  ['custom_5', 'custom_5', 'custom_5', 'own', micros],\n";
    edit('src/usage/meters.ts', last, `${last}  ['gpu_hours', 'gpu_ms', 'gpu_ms', 'sum', msPerHour],\n`);
    const made = generate();
    expect(made.status, made.stdout + made.stderr).toBe(0);
    const added = names().slice(before.length);
    expect(added).toHaveLength(2);

    apply(db, added);
    expect({ ...db.prepare('SELECT * FROM windows').get() }).toEqual({ ...row, gpu_ms: null });
    report(db, 'gpu_ms', 2, 1000);
    report(db, 'gpu_ms', 3, 10);
    expect(db.prepare('SELECT revision, gpu_ms FROM windows').get()).toMatchObject({ revision: 2, gpu_ms: 1000 });
    expect(db.prepare('SELECT revision, reason FROM reviews').get()).toMatchObject({ revision: 3, reason: 'lowered' });
    expect(() => report(db, 'gpu_ms', 4, 1e15)).toThrow('window_bounds: gpu_ms');
    expect(generate().status).toBe(0);
    expect(names()).toHaveLength(before.length + 2);
  });

  it('is never a migration that rebuilds a table: that is refused, and nothing is left of it', () => {
    const before = names();
    edit(
      'src/db/usage-schema.ts',
      "acceptedAt: integer('accepted_at').notNull()",
      "acceptedAt: integer('accepted_at')",
    );
    const made = generate();
    expect(made.status).toBe(1);
    expect(made.stderr).toContain('would rebuild a table');
    expect(names()).toEqual(before);
  });
});
