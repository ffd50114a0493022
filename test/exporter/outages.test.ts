import { rmSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  configOf,
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

describe('an exporter over four days', () => {
  it('reports every hour once, in order, at a moment of its own after the two minutes of settling', async () => {
    let latestMs = 0;
    api.refuse = (report) => {
      latestMs = Math.max(latestMs, clock.now() - Date.parse(report.window_end ?? ''));
      return null;
    };
    await exporterOn(api, prometheus, clock, folder).runUntil(t0 + 4 * day + 10 * 60_000);
    expect(firstSeen(api)).toEqual(hoursFrom(t0, t0 + 4 * day));
    expect(api.accepted).toHaveLength(96);
    // The moment of half a minute that is this exporter's, so that a fleet does not come at once.
    const { jitterMs } = configOf();
    expect(jitterMs).toBeGreaterThan(0);
    expect(latestMs).toBeGreaterThanOrEqual(120_000 + jitterMs);
    expect(latestMs).toBeLessThan(130_000 + jitterMs);
  });

  it('fills what the API missed in 48 hours of being down, in order', async () => {
    api.interrupt = () =>
      clock.now() > t0 + day && clock.now() < t0 + 3 * day ? (clock.now() % 2 ? 'cut' : { status: 503 }) : null;
    await exporterOn(api, prometheus, clock, folder).runUntil(t0 + 4 * day + 10 * 60_000);
    expect(firstSeen(api)).toEqual(hoursFrom(t0, t0 + 4 * day));
    expect(api.accepted).toHaveLength(96);
  });

  it('fills what Prometheus did not answer for in 48 hours, in order', async () => {
    prometheus.down = [{ fromMs: t0 + day, toMs: t0 + 3 * day }];
    await exporterOn(api, prometheus, clock, folder).runUntil(t0 + 4 * day + 10 * 60_000);
    expect(firstSeen(api)).toEqual(hoursFrom(t0, t0 + 4 * day));
    expect(api.accepted.every((r) => r.complete)).toBe(true);
  });

  it.each(['its spool', 'an empty spool'])('goes on after 48 hours of being away, with %s', async (left) => {
    await exporterOn(api, prometheus, clock, folder).runUntil(t0 + day + 10 * 60_000);
    clock.jumpTo(t0 + 3 * day + 20 * 60_000);
    const other = left === 'its spool' ? folder : spoolFolder();
    await exporterOn(api, prometheus, clock, other).runUntil(t0 + 4 * day + 10 * 60_000);
    expect(firstSeen(api)).toEqual(hoursFrom(t0, t0 + 4 * day));
    if (other !== folder) rmSync(other, { recursive: true });
  });

  it('declares unavailable what Prometheus no longer has, and reports the rest', async () => {
    prometheus.retentionMs = 30 * hourMs;
    clock.jumpTo(t0 + 2 * day + 20 * 60_000);
    await exporterOn(api, prometheus, clock, folder).runUntil(t0 + 3 * day + 10 * 60_000);
    expect(firstSeen(api)).toEqual(hoursFrom(t0, t0 + 3 * day));
    const lost = api.accepted.filter((r) => r.cpu_hours === undefined);
    expect(lost).toHaveLength(18);
    expect(lost.every((r) => !r.complete && r.gap_seconds === 3600)).toBe(true);
    expect(api.accepted.filter((r) => r.cpu_hours === 1)).toHaveLength(54);
  });

  it('catches up by batch, not report by report', async () => {
    clock.jumpTo(t0 + 4 * day + 5 * 60_000);
    await exporterOn(api, prometheus, clock, folder).runUntil(t0 + 4 * day + 30 * 60_000);
    expect(api.accepted).toHaveLength(96);
    expect(api.batches).toEqual([48, 48]);
  });

  it('sends again what the cursor does not know of yet, without a new revision', async () => {
    await exporterOn(api, prometheus, clock, folder).runUntil(t0 + 6 * hourMs + 10 * 60_000);
    api.queued = 2;
    await exporterOn(api, prometheus, clock, folder).runUntil(t0 + 6 * hourMs + 20 * 60_000);
    expect(api.accepted).toHaveLength(8);
    expect(api.accepted.slice(6)).toEqual(api.accepted.slice(4, 6));
  });

  it('loses nothing when it is killed between two answers', async () => {
    let cut = 0;
    // The API has stored the batch, but its answer never arrives: the same reports come again.
    api.refuse = () => null;
    const accepted = api.accepted;
    api.interrupt = (_, reports) => {
      if (reports.length === 0 || cut++ % 3 !== 0) return null;
      accepted.push(...reports);
      return 'cut';
    };
    for (let restart = 1; restart <= 8; restart++) {
      await exporterOn(api, prometheus, clock, folder).runUntil(t0 + (restart / 2) * day + 10 * 60_000);
    }
    expect(firstSeen(api)).toEqual(hoursFrom(t0, t0 + 4 * day));
    const revisions = new Map<string, Set<number>>();
    for (const r of api.accepted)
      revisions.set(r.window_start ?? '', (revisions.get(r.window_start ?? '') ?? new Set()).add(r.revision ?? 0));
    expect([...revisions.values()].every((seen) => seen.size === 1)).toBe(true);
  });
});

describe('the second look', () => {
  it('sends a higher revision when late samples added to a window, once', async () => {
    const late = t0 + 5 * hourMs;
    prometheus.cpuAt = (startMs, nowMs) => (startMs === late && nowMs > late + 2 * hourMs ? 1.5 : 1);
    const exporter = exporterOn(api, prometheus, clock, folder);
    await exporter.runUntil(t0 + day + 10 * 60_000);
    const reports = api.accepted.filter((r) => Date.parse(r.window_start ?? '') === late);
    expect(reports.map((r) => r.cpu_hours)).toEqual([1, 1.5]);
    expect(reports[1]?.revision).toBeGreaterThan(reports[0]?.revision ?? 0);
    expect(api.accepted).toHaveLength(25);
    expect(exporter.state.windowsRevised).toBe(1);
  });

  it('keeps the first when Prometheus has lost samples since', async () => {
    prometheus.retentionMs = 90 * 60_000;
    await exporterOn(api, prometheus, clock, folder).runUntil(t0 + day + 10 * 60_000);
    expect(api.accepted).toHaveLength(24);
    expect(api.accepted.every((r) => r.cpu_hours === 1)).toBe(true);
  });
});

describe('refusals', () => {
  it('moves an item that is refused for good aside and goes on with the rest', async () => {
    const bad = t0 + 3 * hourMs;
    api.refuse = (r) =>
      Date.parse(r.window_start ?? '') === bad ? { code: 'value_out_of_range', retryable: false } : null;
    const exporter = exporterOn(api, prometheus, clock, folder);
    await exporter.runUntil(t0 + 10 * hourMs + 10 * 60_000);
    expect(firstSeen(api)).toEqual(hoursFrom(t0, t0 + 10 * hourMs).filter((t) => t !== bad));
    expect(exporter.spool.list('rejected')).toEqual([bad]);
    expect(exporter.state.reportsRejected).toBe(1);
  });

  it('keeps and repeats an item that is refused for now', async () => {
    const early = t0 + 3 * hourMs;
    api.refuse = (r) =>
      Date.parse(r.window_start ?? '') === early && clock.now() < t0 + 6 * hourMs
        ? { code: 'unavailable', retryable: true }
        : null;
    const exporter = exporterOn(api, prometheus, clock, folder);
    await exporter.runUntil(t0 + 10 * hourMs + 10 * 60_000);
    expect(new Set(firstSeen(api))).toEqual(new Set(hoursFrom(t0, t0 + 10 * hourMs)));
    expect(exporter.spool.list('rejected')).toEqual([]);
  });

  it.each([401, 403, 429, 500, 503])('waits and repeats after %i', async (status) => {
    api.interrupt = () => (clock.now() < t0 + 5 * hourMs ? { status, headers: { 'retry-after': '60' } } : null);
    await exporterOn(api, prometheus, clock, folder).runUntil(t0 + 8 * hourMs + 10 * 60_000);
    expect(firstSeen(api)).toEqual(hoursFrom(t0, t0 + 8 * hourMs));
  });

  it('waits as long as Retry-After says', async () => {
    const asked: number[] = [];
    api.interrupt = (request) => {
      if (request.method !== 'POST') return null;
      asked.push(clock.now());
      return asked.length < 4 ? { status: 429, headers: { 'retry-after': '600' } } : null;
    };
    await exporterOn(api, prometheus, clock, folder).runUntil(t0 + 2 * hourMs);
    const [first = 0, second = 0] = asked;
    expect(second - first).toBeGreaterThanOrEqual(600_000);
  });

  it('halves a batch that is too large', async () => {
    clock.jumpTo(t0 + 2 * day + 5 * 60_000);
    api.interrupt = (_, reports) => (reports.length > 7 ? { status: 413 } : null);
    await exporterOn(api, prometheus, clock, folder).runUntil(t0 + 2 * day + 30 * 60_000);
    expect(firstSeen(api)).toEqual(hoursFrom(t0, t0 + 2 * day));
  });

  it('does not wait for ever because Retry-After says so', async () => {
    let asked = 0;
    api.interrupt = (request) =>
      request.method === 'POST' && asked++ === 0 ? { status: 503, headers: { 'retry-after': '99999999' } } : null;
    await exporterOn(api, prometheus, clock, folder).runUntil(t0 + 4 * hourMs + 10 * 60_000);
    expect(firstSeen(api)).toEqual(hoursFrom(t0, t0 + 4 * hourMs));
  });

  it('keeps a single report that something on the way finds too large', async () => {
    api.interrupt = (_, reports) => (reports.length > 0 && clock.now() < t0 + 5 * hourMs ? { status: 413 } : null);
    const exporter = exporterOn(api, prometheus, clock, folder);
    await exporter.runUntil(t0 + 8 * hourMs + 10 * 60_000);
    expect(firstSeen(api)).toEqual(hoursFrom(t0, t0 + 8 * hourMs));
    expect(exporter.spool.list('rejected')).toEqual([]);
  });

  it('refuses to run against a reporter of another window length', async () => {
    api.windowSeconds = 900;
    const answer = await exporterOn(api, prometheus, clock, folder).runUntil(t0 + day);
    expect(answer).toContain('windows of 900 s, this exporter of 3600 s');
    expect(api.accepted).toEqual([]);
  });
});

describe('where it begins', () => {
  it('begins a fresh reporter at BACKFILL_FROM, and a known one at its cursor', async () => {
    clock.jumpTo(t0 + 5 * 60_000);
    const env = { BACKFILL_FROM: new Date(t0 - 6 * hourMs).toISOString() };
    await exporterOn(api, prometheus, clock, folder, env).runUntil(t0 + hourMs);
    expect(firstSeen(api)).toEqual(hoursFrom(t0 - 6 * hourMs, t0));
    // The stand-in's cursor stands at active_from until a window ends after it, so one more hour makes it known.
    await exporterOn(api, prometheus, clock, folder, env).runUntil(t0 + 2 * hourMs + 10 * 60_000);
    const before = api.accepted.length;
    await exporterOn(api, prometheus, clock, folder, env).runUntil(t0 + 3 * hourMs + 10 * 60_000);
    expect(api.accepted.length - before).toBe(1);
  });

  it('computes a six-hour interval as six hourly windows in one batch', async () => {
    await exporterOn(api, prometheus, clock, folder, { COLLECTION_INTERVAL: String(6 * hourMs) }).runUntil(
      t0 + 12 * hourMs + 10 * 60_000,
    );
    expect(firstSeen(api)).toEqual(hoursFrom(t0, t0 + 12 * hourMs));
    expect(api.batches).toEqual([6, 6]);
  });

  it('reports minutes at once where short windows are allowed', async () => {
    api.windowSeconds = 60;
    const env = { COLLECTION_INTERVAL: '60000', ALLOW_SHORT_WINDOWS: 'true', SETTLE_DELAY: '0' };
    await exporterOn(api, prometheus, clock, folder, env).runUntil(t0 + 10 * 60_000 + 500);
    expect(api.accepted).toHaveLength(10);
  });
});
