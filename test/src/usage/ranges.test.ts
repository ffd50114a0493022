import { env } from 'cloudflare:workers';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { QuantityField } from '../../../src/contracts/usage.ts';
import { commit, openDb } from '../../../src/db/client.ts';
import { totalFields } from '../../../src/usage/history.ts';
import { daySummary } from '../../../src/usage/history-store.ts';
import { quantityOf } from '../../../src/usage/meters.ts';
import { type CustomerRange, levelRange, sumRange } from '../../../src/usage/range-store.ts';
import { rollUp } from '../../../src/usage/store.ts';
import { shardOf } from './harness.ts';

const at = (text: string) => Date.parse(text);
const dayMs = 86_400_000;
const db = openDb(shardOf(env));
const bitOf = (field: string) => quantityOf.get(field)?.bit ?? -1;

let customers = 0;

interface Window {
  end: string;
  seconds?: number;
  reporter?: number;
  project?: number;
  [column: string]: number | string | undefined;
}

/** A new customer with these windows. @returns its number */
async function customerWith(windows: readonly Window[]): Promise<number> {
  customers += 1;
  const writes = windows.map(({ end, seconds = 3600, reporter = 1, project = 1, ...columns }) => {
    const names = Object.keys(columns);
    return shardOf(env).prepare(
      `INSERT INTO windows (customer_seq, window_end, reporter_seq, project_seq, seconds, revision, accepted_at, complete,
        gap_ms, missing, ${names.join(', ')})
      VALUES (${customers}, ${at(end)}, ${reporter}, ${project}, ${seconds}, 1, ${at(end)}, 1, 0, 0, ${Object.values(columns).join(', ')})`,
    );
  });
  if (writes.length > 0) await shardOf(env).batch(writes);
  return customers;
}

const rangeOf = (customerSeq: number, from: string, to: string): CustomerRange => ({
  customerSeq,
  from: at(from),
  to: at(to),
});

async function totalsOf(range: CustomerRange, levels: readonly QuantityField[] = []) {
  const shown = { ownCosts: true, levels: new Set(levels) };
  return totalFields(await sumRange(db, range), (await daySummary(db, range)).peaks, shown);
}

describe('devices of a stretch', () => {
  /** Windows of a reporter that end in the hour from 12:00 on, `[minutes past, devices]`. */
  const reporter = (number: number, seconds: number, ends: readonly (readonly [number, number])[]): Window[] =>
    ends.map(([minutes, device_peak]) => ({
      end: new Date(at('2026-11-20T12:00:00Z') + minutes * 60_000).toISOString(),
      seconds,
      reporter: number,
      project: number,
      device_peak,
    }));
  const devicesOf = async (...windows: Window[][]) =>
    levelRange(
      db,
      rangeOf(await customerWith(windows.flat()), '2026-11-20T12:00:00Z', '2026-11-20T14:00:00Z'),
      'device_peak',
    );

  it('that never met within the hour are not added', async () => {
    const first = reporter(1, 900, [
      [15, 12],
      [30, 0],
    ]);
    const second = reporter(2, 900, [
      [45, 12],
      [60, 0],
    ]);
    expect(await devicesOf(first, second)).toEqual({ peak: '12', hours: '12' });
  });

  it('that met in one window are, over reporters and namespaces', async () => {
    const first = reporter(1, 900, [
      [15, 12],
      [30, 3],
    ]);
    const second = reporter(2, 900, [
      [15, 1],
      [30, 11],
    ]);
    expect(await devicesOf(first, second)).toEqual({ peak: '14', hours: '14' });
  });

  it('of a longer window meet those of each shorter one in it, of a later hour none', async () => {
    const hourly = reporter(1, 3600, [[60, 8]]);
    const quarters = reporter(2, 900, [
      [15, 3],
      [30, 5],
      [45, 4],
      [60, 2],
      [75, 1],
    ]);
    const minutes = reporter(3, 60, [
      [16, 1],
      [30, 2],
      [31, 4],
      [61, 9],
    ]);
    expect(await devicesOf(hourly, quarters)).toEqual({ peak: '13', hours: '14' });
    // 8 + 5 + 2 at 12:30 and 8 + 4 + 4 at 12:31.
    expect(await devicesOf(hourly, quarters, minutes)).toEqual({ peak: '16', hours: '26' });
  });

  it('are none where nothing was reported', async () => {
    expect(await devicesOf()).toEqual({ peak: '0', hours: '0' });
  });

  it('are the highest moment of each hour, whatever windows there are', async () => {
    const window = fc.record({
      reporter: fc.integer({ min: 1, max: 3 }),
      project: fc.integer({ min: 1, max: 2 }),
      slot: fc.integer({ min: 1, max: 120 }),
      devices: fc.integer({ min: 0, max: 20 }),
    });
    // Each reporter has windows of its own length.
    const minutesOf = [0, 1, 15, 60];
    await fc.assert(
      fc.asyncProperty(fc.array(window, { maxLength: 40 }), async (drawn) => {
        const placed = drawn.map((w) => {
          const minutes = minutesOf[w.reporter] ?? 60;
          return { ...w, minutes, end: Math.ceil(w.slot / minutes) * minutes };
        });
        const windows = [...new Map(placed.map((w) => [`${w.reporter}/${w.project}/${w.end}`, w])).values()];
        const highest = [0, 60].map((hour) =>
          Math.max(
            ...Array.from({ length: 60 }, (_, minute) =>
              windows
                .filter((w) => w.end - w.minutes <= hour + minute && hour + minute < w.end)
                .reduce((t, w) => t + w.devices, 0),
            ),
          ),
        );
        const found = await devicesOf(
          windows.map((w) => ({
            ...reporter(w.reporter, w.minutes * 60, [[w.end, w.devices]])[0],
            project: w.project,
          })) as Window[],
        );
        expect(found).toEqual({
          peak: String(Math.max(...highest)),
          hours: String((highest[0] ?? 0) + (highest[1] ?? 0)),
        });
      }),
      { numRuns: 60 },
    );
  });
});

describe('the sums of a stretch', () => {
  it('of a year are a few rows a namespace, not one a day', async () => {
    const days = Array.from({ length: 360 }, (_, i) => new Date(at('2026-01-01T12:00:00Z') + i * dayMs).toISOString());
    const customer = await customerWith(days.map((end) => ({ end, cpu_core_ms: 1 })));
    await shardOf(env)
      .prepare(`INSERT INTO dirty_days SELECT DISTINCT customer_seq, (window_end - 1) / ${dayMs}
      FROM windows WHERE customer_seq = ${customer}`)
      .run();
    const sums = await sumRange(db, rangeOf(customer, '2026-01-01T00:00:00Z', '2027-01-01T00:00:00Z'));
    expect(sums.length).toBeLessThanOrEqual(62);
    expect(sums.reduce((t, s) => t + Number(s.values[bitOf('cpu_hours')]), 0)).toBe(360);
  });

  it('hold a quarter of windows a minute long, each at the bound of its quantity', async () => {
    const customer = await customerWith([]);
    const aDay = 1440n * 10n ** 15n;
    await shardOf(env)
      .prepare(
        `WITH RECURSIVE d(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM d WHERE i < 89)
        INSERT INTO daily (customer_seq, day, reporter_seq, project_seq, complete, gap_ms, cost_cpu_microusd,
          storage_mib_s_seconds, postgres_mib_s_seconds, storage_capacity_mib_s_seconds, pod_s_seconds, vm_s_seconds, ip_s_seconds)
        SELECT ${customer}, ${at('2026-01-01T00:00:00Z') / dayMs} + i, 1, 1, 1, 0, ${aDay}, 0, 0, 0, 0, 0, 0 FROM d`,
      )
      .run();
    const sums = await sumRange(db, rangeOf(customer, '2026-01-01T00:00:00Z', '2026-04-01T00:00:00Z'));
    const added = sums.reduce((t, s) => t + BigInt(s.values[bitOf('cost_cpu')] ?? 0), 0n);
    expect(added).toBe(90n * aDay);
  });
});

describe('the totals of a range', () => {
  it('take the highest day where the range begins and ends within days: midnight belongs to the day before', async () => {
    const customer = await customerWith([
      { end: '2026-11-20T23:00:00Z', device_peak: 1 },
      { end: '2026-11-21T00:00:00Z', device_peak: 5 },
      { end: '2026-11-21T01:00:00Z', project: 2, device_peak: 7 },
    ]);
    const night = rangeOf(customer, '2026-11-20T22:00:00Z', '2026-11-21T02:00:00Z');
    expect((await totalsOf(night)).active_devices).toBe(7);
    // The same with whole days between the parts, where each part is added up by itself.
    const week = rangeOf(customer, '2026-11-19T22:00:00Z', '2026-11-22T02:00:00Z');
    await shardOf(env)
      .prepare(`INSERT INTO dirty_days VALUES (${customer}, ${at('2026-11-20T00:00:00Z') / dayMs}),
      (${customer}, ${at('2026-11-21T00:00:00Z') / dayMs})`)
      .run();
    expect((await totalsOf(week)).active_devices).toBe(7);
  });

  it('count a namespace once when one reporter took it over from another', async () => {
    const customer = await customerWith([
      { end: '2026-11-20T10:00:00Z', reporter: 1, device_peak: 6, storage_mib_s: 10 * 1024 * 3600 },
      { end: '2026-11-20T11:00:00Z', reporter: 2, device_peak: 4, storage_mib_s: 10 * 1024 * 3600 },
      { end: '2026-11-20T11:00:00Z', reporter: 3, project: 2, device_peak: 3, storage_mib_s: 5 * 1024 * 3600 },
    ]);
    const totals = await totalsOf(rangeOf(customer, '2026-11-20T00:00:00Z', '2026-11-20T23:00:00Z'));
    expect(totals).toEqual({ active_devices: 9, storage_used_gb: 15 });
  });

  it('of an own meter are its sum or its highest day, as the catalogue has it, before and after the roll-up', async () => {
    const customer = await customerWith([
      { end: '2026-11-20T10:00:00Z', custom_1: 1_500_000, custom_2: 4_000_000 },
      { end: '2026-11-20T11:00:00Z', custom_1: 500_000, custom_2: 7_000_000 },
      { end: '2026-11-20T11:00:00Z', reporter: 2, project: 2, custom_2: 2_000_000 },
      { end: '2026-11-21T11:00:00Z', custom_1: 1, custom_2: 3_000_000 },
    ]);
    const range = rangeOf(customer, '2026-11-20T00:00:00Z', '2026-11-22T00:00:00Z');
    const day = at('2026-11-20T00:00:00Z') / dayMs;
    const days = [day, day + 1].map((one) => ({ customerSeq: customer, day: one }));
    await shardOf(env)
      .prepare(`INSERT INTO dirty_days VALUES (${customer}, ${day}), (${customer}, ${day + 1})`)
      .run();
    const totals = { custom_1: 2.000001, custom_2: 9 };
    expect(await totalsOf(range, ['custom_2'])).toEqual(totals);
    await commit(db, rollUp(days));
    expect(await totalsOf(range, ['custom_2'])).toEqual(totals);
    expect(await totalsOf(range, [])).toEqual({ custom_1: 2.000001, custom_2: 16 });
  });
});

describe('a stretch between any two instants', () => {
  const quarter = 900_000;
  const first = at('2026-11-18T00:00:00Z');
  const midnights = fc.integer({ min: 0, max: 5 }).map((day) => day * 96);
  const window = fc.record({
    slot: fc.oneof(fc.integer({ min: 1, max: 5 * 96 }), midnights),
    reporter: fc.integer({ min: 1, max: 3 }),
    project: fc.integer({ min: 1, max: 2 }),
    cpu: fc.integer({ min: 0, max: 360_000_000_000 }),
    storage: fc.option(fc.integer({ min: 0, max: 921_600_000_000 })),
  });
  const edge = fc.oneof(
    fc.integer({ min: -30, max: 5 * 96 + 30 }).chain((slot) => fc.constantFrom(slot, slot + 0.4)),
    midnights,
  );

  it('adds up exactly what its windows have, whichever days are rolled up', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.uniqueArray(window, { maxLength: 120, selector: (w) => `${w.slot}/${w.reporter}/${w.project}` }),
        edge,
        edge,
        fc.uniqueArray(fc.nat(6)),
        async (windows, a, b, rolled) => {
          const endOf = (slot: number) => first + slot * quarter;
          const customer = await customerWith(
            windows.map((w) => ({
              end: new Date(endOf(w.slot)).toISOString(),
              seconds: 900,
              reporter: w.reporter,
              project: w.project,
              cpu_core_ms: w.cpu,
              storage_mib_s: w.storage ?? 'NULL',
            })),
          );
          await shardOf(env)
            .prepare(`INSERT INTO dirty_days SELECT DISTINCT customer_seq, (window_end - 1) / ${dayMs}
              FROM windows WHERE customer_seq = ${customer}`)
            .run();
          const days = rolled.map((i) => ({ customerSeq: customer, day: first / dayMs + i }));
          await commit(db, rollUp(days));
          const [from, to] = [Math.min(a, b), Math.max(a, b)];
          const range = { customerSeq: customer, from: endOf(from), to: endOf(to) };
          const inside = windows.filter((w) => w.slot > from && w.slot <= to);
          const sums = await sumRange(db, range);
          const added = (field: string) => sums.reduce((t, s) => t + BigInt(s.values[bitOf(field)] ?? 0), 0n);
          expect(added('cpu_hours')).toBe(inside.reduce((t, w) => t + BigInt(w.cpu), 0n));
          expect(added('storage_used_gb')).toBe(inside.reduce((t, w) => t + BigInt(w.storage ?? 0), 0n));
          const seconds = sums.reduce((t, s) => t + (s.seconds[bitOf('storage_used_gb')] ?? 0), 0);
          expect(seconds).toBe(900 * inside.filter((w) => w.storage !== null).length);
          const rows = new Set(inside.map((w) => `${Math.ceil(w.slot / 96)}/${w.reporter}/${w.project}`));
          expect((await daySummary(db, range)).total).toBe(rows.size);
        },
      ),
      { numRuns: 60 },
    );
  });
});
