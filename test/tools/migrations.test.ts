import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { windowTriggers } from '../../src/usage/window-triggers.ts';
import { heldTriggers, rebuildsTable, triggerMigration } from '../../tools/migrations.ts';

const folder = join(import.meta.dirname, '../../migrations');
const textsOf = (database: string): string[] =>
  readdirSync(join(folder, database))
    .filter((name) => name.endsWith('.sql'))
    .sort()
    .map((name) => readFileSync(join(folder, database, name), 'utf8'));

describe('npm run migrations', () => {
  it('has nothing to add to the triggers as they are', () => {
    expect(triggerMigration(heldTriggers(textsOf('usage')), windowTriggers())).toBeNull();
  });

  it('makes the triggers anew when a quantity is added, and drops what is no longer made', () => {
    const held = heldTriggers([
      ...textsOf('usage'),
      'CREATE TRIGGER windows_old AFTER UPDATE ON windows\nBEGIN SELECT 1;\nEND;',
    ]);
    const text = triggerMigration(held, windowTriggers(['cpu_core_ms', 'new_meter'])) ?? '';
    expect(text).toContain('DROP TRIGGER IF EXISTS windows_old;');
    expect([...heldTriggers([...textsOf('usage'), text])]).toEqual(
      windowTriggers(['cpu_core_ms', 'new_meter']).map(({ name, sql }) => [name, sql]),
    );
  });

  it('refuses what rebuilds a table; none of the migrations does', () => {
    expect(rebuildsTable('CREATE TABLE `__new_windows` (…)')).toBe(true);
    expect(rebuildsTable('DROP TABLE `windows`;')).toBe(true);
    for (const text of [...textsOf('usage'), ...textsOf('control')]) expect(rebuildsTable(text)).toBe(false);
  });
});
