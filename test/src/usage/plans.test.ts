import { env } from 'cloudflare:workers';
import { describe, expect, it } from 'vitest';
import { openDb } from '../../../src/db/client.ts';
import * as historyStore from '../../../src/usage/history-store.ts';
import { type CustomerRange, levelRange, sumRange } from '../../../src/usage/range-store.ts';
import { heldTimes, listReviews } from '../../../src/usage/review-store.ts';
import { slotsOf } from '../../../src/usage/slots.ts';
import { shardOf } from './harness.ts';

/** A shard that says how it would look for the answer, and answers nothing. */
function explained() {
  const steps: string[] = [];
  const statement = (sql: string, params: unknown[]): unknown => ({
    bind: (...next: unknown[]) => statement(sql, next),
    all: async () => {
      const plan = shardOf(env)
        .prepare(`EXPLAIN QUERY PLAN ${sql}`)
        .bind(...params);
      steps.push(...(await plan.all<{ detail: string }>()).results.map((row) => row.detail));
      return { results: [] };
    },
  });
  const shard = { prepare: (sql: string) => statement(sql, []) } as unknown as D1Database;
  return { db: openDb(shard), steps };
}

const range: CustomerRange = {
  customerSeq: 1,
  from: Date.parse('2026-10-20T12:30:00Z'),
  to: Date.parse('2026-11-20T12:30:00Z'),
};
const ofTables = (steps: readonly string[]) =>
  steps.filter((step) => /^\w+ (windows|w|daily|dirty_days|reviews)\b/.test(step));

describe('a read of the shard', () => {
  it.each<[string, (db: ReturnType<typeof openDb>) => Promise<unknown>]>([
    ['days', (db) => historyStore.dayPage(db, range, 100, 0)],
    ['the summary of days', (db) => historyStore.daySummary(db, range)],
    ['windows', (db) => historyStore.windowPage(db, { ...range, projectSeq: 3 }, 100, 0)],
    ['the number of windows', (db) => historyStore.windowCount(db, range)],
    ['sums', (db) => sumRange(db, range)],
    ['devices', (db) => levelRange(db, range, 'device_peak')],
    ['what is accounted for', (db) => historyStore.accountedIn(db, range)],
    ['the cursor', (db) => historyStore.lastEnd(db, 1, 2, 3, range.from)],
    ['the end of a reporter', (db) => historyStore.lastEndOfReporter(db, 1, 2, range.from)],
    [
      'a hand-over',
      (db) =>
        historyStore.lastEndWith(db, { customerSeq: 1, projects: [3], meters: slotsOf([0, 1]), since: range.from }),
    ],
  ])('for %s looks at one customer’s stretch of time only', async (_, read) => {
    const { db, steps } = explained();
    await read(db);
    expect(ofTables(steps)).not.toEqual([]);
    for (const step of ofTables(steps)) {
      expect(step).toMatch(
        /^SEARCH .* USING PRIMARY KEY \(customer_seq=\? AND (window_end>\?|day>\? AND day<\?|day=\?)/,
      );
    }
  });

  it('for reviews takes them in order from an index', async () => {
    const { db, steps } = explained();
    await heldTimes(db, 'open', 100_100);
    await listReviews(db, 'open', 100, 100_000);
    expect(ofTables(steps)).not.toEqual([]);
    for (const step of ofTables(steps)) expect(step).toMatch(/^SEARCH reviews USING .*INDEX reviews_held \(state=\?\)/);
    expect(steps.filter((step) => step.includes('TEMP B-TREE'))).toEqual([]);
  });
});
