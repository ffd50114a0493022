import { env } from 'cloudflare:workers';
import { beforeEach, describe, expect, it } from 'vitest';
import { commit, type Db, openDb } from '../../../src/db/client.ts';
import { hourMs } from '../../../src/lib/time.ts';
import { bundlesOf } from '../../../src/usage/message/bundle.ts';
import { storeBundles } from '../../../src/usage/store.ts';
import { rowWith, shardOf, shardState } from './harness.ts';

const db: Db = openDb(shardOf(env));
const store = (...rows: ReturnType<typeof rowWith>[]) => commit(db, storeBundles(bundlesOf(rows)));

beforeEach(async () => {
  for (const table of ['windows', 'window_changes', 'reviews', 'dirty_days', 'daily']) {
    await shardOf(env).prepare(`DELETE FROM ${table}`).run();
  }
});

describe('a stored window', () => {
  it('stays one row when the same report comes again', async () => {
    await store(rowWith({ cpu_hours: 1 }));
    await store(rowWith({ cpu_hours: 1 }));
    const state = await shardState(env);
    expect(state.windows).toHaveLength(1);
    expect(state.changes).toHaveLength(0);
    expect(state.reviews).toHaveLength(0);
    expect(state.dirty).toHaveLength(1);
  });

  it('takes a higher revision whole and keeps both in the audit', async () => {
    await store(rowWith({ cpu_hours: 1, http_requests: 10 }, { revision: 1 }));
    await store(rowWith({ cpu_hours: 1.5, http_requests: 10 }, { revision: 2 }));
    const state = await shardState(env);
    expect(state.windows).toMatchObject([{ revision: 2, cpu_core_ms: 5_400_000, ingress_requests: 10 }]);
    expect(state.changes).toMatchObject([{ old_revision: 1, revision: 2 }]);
    expect(JSON.parse(String(state.changes[0]?.['old_quantities']))).toEqual({
      cpu_core_ms: 3_600_000,
      ingress_requests: 10,
    });
    expect(JSON.parse(String(state.changes[0]?.['quantities']))).toEqual({
      cpu_core_ms: 5_400_000,
      ingress_requests: 10,
    });
  });

  it('ignores a lower revision', async () => {
    await store(rowWith({ cpu_hours: 2 }, { revision: 5 }));
    await store(rowWith({ cpu_hours: 9 }, { revision: 4 }));
    expect((await shardState(env)).windows).toMatchObject([{ revision: 5, cpu_core_ms: 7_200_000 }]);
  });

  it('keeps the first of two different reports with one revision and lists the other as a conflict', async () => {
    await store(rowWith({ cpu_hours: 2 }, { revision: 5 }));
    await store(rowWith({ cpu_hours: 3 }, { revision: 5 }));
    const state = await shardState(env);
    expect(state.windows).toMatchObject([{ cpu_core_ms: 7_200_000 }]);
    expect(state.reviews).toMatchObject([{ reason: 'revision_conflict', revision: 5 }]);
  });

  it.each([
    ['a conflict', rowWith({ cpu_hours: 3 }, { revision: 5 })],
    ['one that lowers', rowWith({ cpu_hours: 1 }, { revision: 6 })],
  ])('lists what is held once, however often it comes: %s', async (_, held) => {
    await store(rowWith({ cpu_hours: 2 }, { revision: 5 }));
    await store(held);
    await store(held, held);
    const state = await shardState(env);
    expect(state.windows).toMatchObject([{ cpu_core_ms: 7_200_000 }]);
    expect(state.reviews).toHaveLength(1);
  });

  it('holds a replacement that lowers a quantity by more than a fifth, and only that window', async () => {
    await store(rowWith({ cpu_hours: 10 }), rowWith({ cpu_hours: 10 }, { windowEnd: 2 * hourMs }));
    await store(
      rowWith({ cpu_hours: 7.9 }, { revision: 2 }),
      rowWith({ cpu_hours: 8 }, { revision: 2, windowEnd: 2 * hourMs }),
      rowWith({ cpu_hours: 1 }, { windowEnd: 3 * hourMs }),
    );
    const state = await shardState(env);
    expect(state.windows.map((w) => [w['window_end'], w['revision'], w['cpu_core_ms']])).toEqual([
      [hourMs, 1, 36_000_000],
      [2 * hourMs, 2, 28_800_000],
      [3 * hourMs, 1, 3_600_000],
    ]);
    expect(state.reviews).toMatchObject([{ window_end: hourMs, revision: 2, reason: 'lowered', state: 'open' }]);
  });

  it('holds a replacement that leaves a quantity out', async () => {
    await store(rowWith({ cpu_hours: 10, http_requests: 5 }));
    await store(rowWith({ cpu_hours: 10 }, { revision: 2 }));
    expect((await shardState(env)).reviews).toMatchObject([{ reason: 'lowered' }]);
  });

  it('holds a replacement accepted more than 48 h after the window, not a first report', async () => {
    const late = hourMs + 48 * hourMs + 1;
    await store(rowWith({ cpu_hours: 1 }, { windowEnd: 2 * hourMs, acceptedAt: late + hourMs }));
    await store(rowWith({ cpu_hours: 1 }, { acceptedAt: hourMs }));
    await store(rowWith({ cpu_hours: 1.1 }, { revision: 2, acceptedAt: late }));
    const state = await shardState(env);
    expect(state.windows.map((w) => w['revision'])).toEqual([1, 1]);
    expect(state.reviews).toMatchObject([{ reason: 'late', window_end: hourMs }]);
  });

  it('treats several reports of a window in one batch as if they came one after another', async () => {
    await store(
      rowWith({ cpu_hours: 10 }, { revision: 1 }),
      rowWith({ cpu_hours: 11 }, { revision: 2 }),
      rowWith({ cpu_hours: 1 }, { revision: 3 }),
      rowWith({ cpu_hours: 12 }, { revision: 2 }),
      rowWith({ cpu_hours: 10 }, { revision: 1 }),
    );
    const state = await shardState(env);
    expect(state.windows).toMatchObject([{ revision: 2, cpu_core_ms: 39_600_000 }]);
    expect(state.changes).toMatchObject([{ old_revision: 1, revision: 2 }]);
    expect(state.reviews.map((r) => [r['revision'], r['reason'], r['state']])).toEqual([
      [2, 'revision_conflict', 'superseded'],
      [3, 'lowered', 'open'],
    ]);
  });

  it('closes a held replacement once a later revision took effect', async () => {
    await store(rowWith({ cpu_hours: 10 }));
    await store(rowWith({ cpu_hours: 1 }, { revision: 2 }));
    await store(rowWith({ cpu_hours: 11 }, { revision: 3 }));
    const state = await shardState(env);
    expect(state.windows).toMatchObject([{ revision: 3 }]);
    expect(state.reviews).toMatchObject([{ revision: 2, state: 'superseded' }]);
  });

  it('has one open review, the newest, and few rows altogether, however many one key sends', async () => {
    await store(rowWith({ cpu_hours: 10 }));
    const lowered = Array.from({ length: 300 }, (_, i) => rowWith({ cpu_hours: 1 + (i % 7) }, { revision: i + 2 }));
    await store(...lowered.slice(0, 150), ...lowered.slice(200));
    await store(...lowered);
    const { reviews } = await shardState(env);
    expect(reviews.filter((r) => r['state'] === 'open')).toMatchObject([{ revision: 301 }]);
    expect(reviews.length).toBeLessThanOrEqual(10);
  });

  it('leaves a bounded audit: what has been replaced fifty times waits for a person', async () => {
    for (let i = 0; i < 3; i++) {
      const rows = Array.from({ length: 40 }, (_, n) =>
        rowWith({ cpu_hours: 10 + n + i * 40 }, { revision: n + 1 + i * 40 }),
      );
      await store(...rows);
    }
    const { windows, changes, reviews } = await shardState(env);
    expect(changes).toHaveLength(50);
    expect(windows).toMatchObject([{ revision: 51 }]);
    expect(reviews.filter((r) => r['state'] === 'open')).toMatchObject([{ revision: 120, reason: 'repeated' }]);
    expect(reviews.length).toBeLessThanOrEqual(10);
  });

  it('refuses a row that no report of ours could make, and writes nothing of its batch', async () => {
    await expect(store(rowWith({ cpu_hours: 1 }), rowWith({}, { windowEnd: hourMs + 5 }))).rejects.toThrow(
      'window_row',
    );
    expect((await shardState(env)).windows).toHaveLength(0);
  });
});
