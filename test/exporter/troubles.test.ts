import { existsSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  exporterOn,
  firstSeen,
  hourMs,
  hoursFrom,
  JumpingClock,
  type KnownPrometheus,
  type StandInApi,
  spoolFolder,
  startApi,
} from './stand-ins.ts';

const t0 = Date.parse('2026-05-01T00:00:00Z');
const day = 24 * hourMs;

let api: StandInApi;
let folder: string;
let clock: JumpingClock;
let prometheus: KnownPrometheus;

beforeEach(async () => {
  api = await startApi(t0);
  folder = spoolFolder();
  clock = new JumpingClock(t0 + 1000);
  prometheus = { down: [], retentionMs: 15 * day, cpuAt: () => 1 };
});
afterEach(async () => {
  await api.close();
  rmSync(folder, { recursive: true });
});

describe('told to stop', () => {
  it('ends after the window that it is at, also in the middle of catching up', async () => {
    clock.jumpTo(t0 + 2 * day);
    await exporterOn(api, prometheus, clock, folder).runUntil(t0 + 2 * day + 1000);
    expect(clock.now()).toBeLessThan(t0 + 2 * day + 5000);
    await exporterOn(api, prometheus, clock, folder).runUntil(t0 + 2 * day + 30 * 60_000);
    expect(firstSeen(api)).toEqual(hoursFrom(t0, t0 + 2 * day));
  });
});

describe('a clock', () => {
  /** Refuses what lies more than five minutes ahead of the API's own clock. */
  const judgeByClock = (aheadMs: () => number): void => {
    api.refuse = (report) => {
      const latestMs = clock.now() - aheadMs() + 5 * 60_000;
      if (Date.parse(report.window_end ?? '') > latestMs) return { code: 'window_future', retryable: false };
      return (report.revision ?? 0) > latestMs ? { code: 'revision_future', retryable: false } : null;
    };
  };

  it('that is ten minutes ahead loses no window', async () => {
    judgeByClock(() => 10 * 60_000);
    const exporter = exporterOn(api, prometheus, clock, folder);
    await exporter.runUntil(t0 + day + 30 * 60_000);
    expect(firstSeen(api)).toEqual(hoursFrom(t0, t0 + day));
    expect(exporter.spool.list('rejected')).toEqual([]);
  });

  it('that was far ahead for a while leaves no window to what was computed before its time', async () => {
    const awayMs = 20 * hourMs;
    let aheadMs = 0;
    let jumps = 0;
    judgeByClock(() => aheadMs);
    // What is not over yet has no samples.
    prometheus.cpuAt = (startMs, nowMs) => (startMs + hourMs <= nowMs - aheadMs ? 1 : 0);
    api.interrupt = (_, reports) => {
      if (jumps === 0 && clock.now() > t0 + 5 * hourMs) {
        aheadMs = awayMs;
        jumps = 1;
        clock.jumpTo(clock.now() + awayMs);
      } else if (jumps === 1 && reports.length > 1) {
        aheadMs = 0;
        jumps = 2;
        clock.jumpTo(clock.now() - awayMs);
      }
      return null;
    };
    const exporter = exporterOn(api, prometheus, clock, folder);
    await exporter.runUntil(t0 + 2 * day + 10 * 60_000);
    expect(jumps).toBe(2);
    const last = new Map(api.accepted.map((r) => [Date.parse(r.window_start ?? ''), r.cpu_hours]));
    expect([...last.keys()].sort((a, b) => a - b)).toEqual(hoursFrom(t0, t0 + 2 * day));
    expect([...last.values()].every((v) => v === 1)).toBe(true);
    expect(exporter.spool.list('pending')).toEqual([]);
  });
});

describe('a disk', () => {
  it('that is full when reports have been accepted does not stop or repeat the sending', async () => {
    const exporter = exporterOn(api, prometheus, clock, folder);
    const { put } = exporter.spool;
    exporter.spool.put = (shelf, report, why) => {
      if (shelf !== 'pending') throw new Error('ENOSPC: no space left on device');
      put(shelf, report, why);
    };
    await exporter.runUntil(t0 + 6 * hourMs + 10 * 60_000);
    expect(api.accepted.map((r) => Date.parse(r.window_start ?? ''))).toEqual(hoursFrom(t0, t0 + 6 * hourMs));
  });

  it('that is full when a report is refused keeps the report and goes on when it can', async () => {
    const bad = t0 + 2 * hourMs;
    api.refuse = (r) => (Date.parse(r.window_start ?? '') === bad ? { code: 'no_quantities', retryable: false } : null);
    const exporter = exporterOn(api, prometheus, clock, folder);
    const { put } = exporter.spool;
    exporter.spool.put = (shelf, report, why) => {
      if (shelf === 'rejected' && clock.now() < t0 + 5 * hourMs) throw new Error('ENOSPC: no space left on device');
      put(shelf, report, why);
    };
    await exporter.runUntil(t0 + 8 * hourMs + 10 * 60_000);
    expect(new Set(firstSeen(api))).toEqual(new Set(hoursFrom(t0, t0 + 8 * hourMs).filter((t) => t !== bad)));
    expect(exporter.spool.list('rejected')).toEqual([bad]);
  });

  it('that damaged a waiting report costs no window', async () => {
    const broken = t0 + 2 * hourMs;
    api.interrupt = () => {
      if (clock.now() > t0 + 5 * hourMs) return null;
      const file = join(folder, 'pending', `${broken}.json`);
      if (existsSync(file)) writeFileSync(file, '{"customer_id"');
      return clock.now() > t0 + hourMs ? { status: 503 } : null;
    };
    await exporterOn(api, prometheus, clock, folder).runUntil(t0 + 8 * hourMs + 10 * 60_000);
    expect(new Set(firstSeen(api))).toEqual(new Set(hoursFrom(t0, t0 + 8 * hourMs)));
  });
});
