/** The catalogue, the tables and the triggers of a shard say the same; adding a quantity leaves none of them behind. */
import { env } from 'cloudflare:workers';
import { describe, expect, it } from 'vitest';
import { hourMs } from '../../../src/lib/time.ts';
import { averagedColumns, ownMeterColumns, quantities, storedColumns } from '../../../src/usage/meters.ts';
import { allSlots, hasSlot, noSlots, slotsMax, slotsOf, union, withSlot } from '../../../src/usage/slots.ts';
import { type Trigger, windowTriggers } from '../../../src/usage/window-triggers.ts';
import { shardOf } from './harness.ts';

const shard = shardOf(env);
const all = async <T>(sql: string) => (await shard.prepare(sql).all<T>()).results;
const columnsOf = async (table: string) =>
  (await all<{ name: string }>(`SELECT name FROM pragma_table_info('${table}')`)).map(({ name }) => name);
const standing = () =>
  all<Trigger>(`SELECT name, sql FROM sqlite_master WHERE type = 'trigger' AND tbl_name = 'windows' ORDER BY name`);
const byName = (a: Trigger, b: Trigger) => (a.name < b.name ? -1 : 1);

/** Reports a window of one quantity, as the store's upsert does. */
const report = (column: string, value: number, revision: number) =>
  shard
    .prepare(`INSERT INTO windows (customer_seq, window_end, reporter_seq, project_seq, seconds, revision, accepted_at,
        complete, gap_ms, missing, ${column})
      VALUES (7, ${hourMs}, 1, 1, 3600, ${revision}, ${hourMs}, 1, 0, 0, ${value})
      ON CONFLICT DO UPDATE SET revision = excluded.revision, ${column} = excluded.${column}`)
    .run();
const clear = () =>
  shard.batch(['windows', 'window_changes', 'reviews'].map((table) => shard.prepare(`DELETE FROM ${table}`)));

/** What one window has of a quantity after it was raised by a tenth and then lowered by 99 %, and what both left behind. */
async function raisedAndLowered(column: string) {
  await clear();
  await report(column, 1000, 1);
  await report(column, 1100, 2);
  await report(column, 11, 3);
  const [window] = await all<Record<string, number>>(`SELECT ${column}, revision FROM windows`);
  const [review] = await all(`SELECT reason, standing_quantities, quantities FROM reviews`);
  const [change] = await all(`SELECT old_quantities, quantities FROM window_changes`);
  return { window, review, change };
}

const expected = (column: string) => ({
  window: { [column]: 1100, revision: 2 },
  review: {
    reason: 'lowered',
    standing_quantities: JSON.stringify({ [column]: 1100 }),
    quantities: JSON.stringify({ [column]: 11 }),
  },
  change: { old_quantities: JSON.stringify({ [column]: 1000 }), quantities: JSON.stringify({ [column]: 1100 }) },
});

describe('every quantity', () => {
  it('stands in every table and, by the generated text, in every trigger', async () => {
    expect(await columnsOf('windows')).toEqual(expect.arrayContaining([...storedColumns]));
    const seconds = averagedColumns.map((column) => `${column}_seconds`);
    expect(await columnsOf('daily')).toEqual(expect.arrayContaining([...storedColumns, ...seconds]));
    expect(await standing()).toEqual([...windowTriggers()].sort(byName));
    for (const { name, sql } of windowTriggers()) {
      for (const column of storedColumns) expect(sql, name).toMatch(new RegExp(`NEW\\.${column}\\b`));
    }
  });

  it.each(storedColumns)('is held when nearly all of it is taken away, and audited: %s', async (column) => {
    expect(await raisedAndLowered(column)).toEqual(expected(column));
  });

  it('of the operator’s own has its columns already', () => {
    expect(storedColumns).toEqual(expect.arrayContaining([...ownMeterColumns]));
  });
});

describe('a new quantity', () => {
  it('is held, audited and bounded once its column and the generated triggers are there, up to 64 of them', async () => {
    const before = await standing();
    const more = Array.from({ length: slotsMax - storedColumns.length }, (_, i) => `new_${i}`);
    const triggers = windowTriggers([...storedColumns, ...more]);
    for (const column of more) await shard.prepare(`ALTER TABLE windows ADD COLUMN ${column} INTEGER`).run();
    for (const { name, sql } of triggers) {
      await shard.prepare(`DROP TRIGGER ${name}`).run();
      await shard.prepare(sql).run();
    }
    const last = more.at(-1) ?? '';
    expect(await raisedAndLowered(last)).toEqual(expected(last));
    await expect(report(last, -1, 9)).rejects.toThrow(`window_bounds: ${last}`);
    for (const { name } of triggers) await shard.prepare(`DROP TRIGGER ${name}`).run();
    for (const { sql } of before) await shard.prepare(sql).run();
  });

  it('belongs to whoever was given all meters; there is room for 64', () => {
    expect(slotsMax).toBe(64);
    expect(quantities.length).toBeLessThanOrEqual(slotsMax);
    for (let bit = 0; bit < slotsMax; bit++) {
      expect(hasSlot(allSlots, bit)).toBe(true);
      expect(hasSlot(noSlots, bit)).toBe(false);
      const one = withSlot(noSlots, bit);
      expect(Array.from({ length: slotsMax }, (_, i) => hasSlot(one, i)).filter(Boolean)).toHaveLength(1);
      expect(hasSlot(one, bit)).toBe(true);
      expect(union(one, slotsOf([0, 63]))).toEqual(slotsOf([0, bit, 63]));
    }
  });
});
