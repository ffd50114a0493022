import { describe, expect, it } from 'vitest';
import { lineOf, replay } from '../../../sdk/usage-reporter/src/core/journal.ts';
import { entriesOf } from '../../../sdk/usage-reporter/src/core/ledger.ts';
import type { ReporterOptions } from '../../../sdk/usage-reporter/src/core/settings.ts';
import { memoryStore } from '../../../sdk/usage-reporter/src/memory-store.ts';
import { startUsageReporter, type UsageReporter } from '../../../sdk/usage-reporter/src/reporter.ts';
import { customerId, type IntakeOptions, makeIntake } from './intake.ts';
import { hourMs, ManualClock, minuteMs } from './time.ts';

const tenMs = Date.parse('2026-11-20T10:00:00.000Z');

function story(startMs = tenMs, intakeOptions: Partial<IntakeOptions> = {}) {
  const clock = new ManualClock(startMs);
  /** The API's clock is right whatever this one says. */
  let aheadMs = 0;
  const now = () => clock.now() - aheadMs;
  const intake = makeIntake({ now, activeFromMs: tenMs, ...intakeOptions });
  const store = memoryStore();
  const told: string[] = [];
  const start = (options: Partial<ReporterOptions> = {}): UsageReporter =>
    startUsageReporter({
      api: 'https://billing.example.com',
      apiKey: 'rep_key',
      customerId,
      store,
      clock,
      fetch: intake.fetch,
      random: () => 0.5,
      // A flush a second is a turn a second, of which an hour has many.
      flushMs: 20_000,
      log: (level, message) => void (level === 'info' || told.push(message)),
      ...options,
    });
  const step = (ms: number): void => {
    clock.step(ms);
    aheadMs += ms;
  };
  const rows = () => [...intake.rows.values()].toSorted((a, b) => a.window_start.localeCompare(b.window_start));
  return { clock, intake, start, step, rows, store, told };
}

const at = (time: string): string => `2026-11-20T${time}:00.000Z`;

describe('windows', () => {
  it('are the reporter’s own, aligned, each sent once after its end, with zero where nothing was counted', async () => {
    const { clock, intake, start, rows } = story();
    const reporter = start();
    reporter.traffic.use('http');
    await clock.pass(20 * minuteMs);
    for (let n = 0; n < 5; n++) reporter.traffic.countCall('devices');
    reporter.traffic.countBytesSent('devices', 1000);
    await clock.pass(2 * hourMs);
    expect(rows()).toMatchObject([
      { window_start: at('10:00'), window_end: at('11:00'), complete: true, api_calls: 5, http_bytes_sent: 1000 },
      { window_start: at('11:00'), window_end: at('12:00'), complete: true, api_calls: 0, http_bytes_sent: 0 },
    ]);
    expect(rows()[0]).not.toHaveProperty('mqtt_bytes_sent');
    expect(intake.calls.filter(({ items }) => items > 0)).toHaveLength(2);
    expect(reporter.status()).toMatchObject({ state: 'reporting', windowSeconds: 3600, pending: 0, accepted: 2 });
    await reporter.stop();
  });

  it('are quarters of an hour where the API says so', async () => {
    const { clock, start, rows } = story(tenMs, { windowSeconds: 900 });
    const reporter = start();
    reporter.traffic.use('mqtt');
    reporter.traffic.countPublished(10, 1);
    await clock.pass(31 * minuteMs);
    expect(rows()).toMatchObject([
      { window_end: at('10:15'), mqtt_messages_published: 1, mqtt_bytes_sent: 10, mqtt_messages_received: 0 },
      { window_end: at('10:30'), mqtt_messages_published: 0 },
    ]);
  });

  it('say what they missed before the first start', async () => {
    const { clock, start, rows } = story(tenMs + 2 * hourMs + 20 * minuteMs);
    const reporter = start();
    reporter.traffic.use('http');
    reporter.traffic.countCall('devices');
    await clock.pass(hourMs);
    expect(rows()).toMatchObject([
      { window_start: at('10:00'), complete: false, gap_seconds: 3600, gaps: [{ reason: 'not_started' }, {}, {}] },
      { window_start: at('11:00'), complete: false, gap_seconds: 3600 },
      { window_start: at('12:00'), complete: false, gap_seconds: 1200, api_calls: 1 },
    ]);
    expect(rows()[0]).not.toHaveProperty('api_calls');
    expect(rows()[0]?.['missing']).toEqual(['api_calls', 'http_bytes_sent', 'http_bytes_received']);
  });

  it('are counted before the API has ever answered', async () => {
    const { clock, intake, start, rows } = story();
    intake.interrupt = () => new Response(null, { status: 503 });
    const reporter = start();
    reporter.traffic.use('http');
    for (let quarter = 0; quarter < 10; quarter++) {
      reporter.traffic.countCall('devices');
      await clock.pass(15 * minuteMs);
    }
    intake.interrupt = () => null;
    await clock.pass(hourMs);
    expect(rows().map((row) => [row['api_calls'], row.complete])).toEqual([
      [4, true],
      [4, true],
      [2, true],
    ]);
    await reporter.stop();
  });

  it('hold the highest number of devices, and the average size of the database', async () => {
    const { clock, start, rows } = story();
    let devices = 3;
    let sizeMb = 100;
    const reporter = start({ devices: () => ({ active: devices, total: 50 }), database: () => ({ sizeMb, rows: 7 }) });
    await clock.pass(30 * minuteMs);
    devices = 12;
    sizeMb = 300;
    await clock.pass(10 * minuteMs);
    devices = 4;
    await clock.pass(30 * minuteMs);
    const [first] = rows();
    expect(first).toMatchObject({ complete: true, active_devices: 12, total_devices: 50, postgres_row_count: 7 });
    // A minute passes until a change is seen.
    expect(Number(first?.['postgres_size_mb'])).toBeGreaterThan(194);
    expect(Number(first?.['postgres_size_mb'])).toBeLessThan(200.1);
    await reporter.stop();
  });

  it('say that a callback gave no answer: nothing is guessed, zero is not said', async () => {
    const { clock, start, rows } = story();
    let broken = false;
    const reporter = start({ devices: () => (broken ? Promise.reject(new Error('no database')) : 3) });
    reporter.traffic.use('http');
    await clock.pass(50 * minuteMs);
    broken = true;
    await clock.pass(85 * minuteMs);
    expect(rows()).toMatchObject([
      { complete: false, active_devices: 3, api_calls: 0, gaps: [{ field: 'active_devices', reason: 'not_sampled' }] },
      { complete: false, missing: ['active_devices'], api_calls: 0, gap_seconds: 3600 },
    ]);
    expect(rows()[1]).not.toHaveProperty('active_devices');
  });

  it('take no number that is none', async () => {
    const { clock, start, rows, told } = story();
    start({ devices: () => Number.NaN });
    await clock.pass(61 * minuteMs);
    expect(rows()[0]).toMatchObject({ complete: false, missing: ['active_devices'] });
    expect(told).toContain('The callback of devices gave no answer');
  });
});

describe('after a kill', () => {
  it('a window has what was flushed, and says from when to when nothing is known', async () => {
    const { clock, start, rows, intake } = story();
    const first = start();
    first.traffic.use('http');
    for (let n = 0; n < 7; n++) first.traffic.countCall('devices');
    await clock.pass(20 * minuteMs);
    clock.kill();
    await clock.pass(5 * minuteMs);
    const second = start();
    second.traffic.countCall('devices');
    await clock.pass(hourMs);
    expect(rows()).toMatchObject([
      {
        window_start: at('10:00'),
        complete: false,
        api_calls: 8,
        gaps: [{ reason: 'crashed', thing: 'process' }, {}, {}],
      },
    ]);
    expect(rows()[0]?.['gap_seconds']).toBeGreaterThanOrEqual(300);
    expect(rows()[0]?.['gap_seconds']).toBeLessThanOrEqual(320);
    expect(intake.conflicts).toEqual([]);
    await second.stop();
  });

  it('of hours, each window is sent, those in between as unavailable', async () => {
    const { clock, start, rows } = story();
    const first = start();
    first.traffic.use('http');
    first.traffic.countCall('devices');
    await clock.pass(20 * minuteMs);
    clock.kill();
    await clock.pass(3 * hourMs);
    start().traffic.use('http');
    await clock.pass(hourMs);
    expect(rows().map((row) => [row.complete, row['gap_seconds'], row['api_calls']])).toEqual([
      [false, 2400, 1],
      [false, 3600, undefined],
      [false, 3600, undefined],
      [false, 1200, 0],
    ]);
  });

  it('between an answer and its note, a window is sent again as it was', async () => {
    const { clock, start, rows, intake } = story();
    const first = start();
    first.traffic.use('http');
    intake.loseAnswer = () => true;
    await clock.pass(hourMs + minuteMs);
    expect(rows()).toHaveLength(1);
    clock.kill();
    intake.loseAnswer = () => false;
    start().traffic.use('http');
    await clock.pass(10 * minuteMs);
    expect(intake.calls.filter(({ items }) => items > 0).length).toBeGreaterThan(1);
    expect(rows()).toHaveLength(1);
    expect(intake.conflicts).toEqual([]);
  });

  it('a clean stop is no gap: what does not run serves nobody', async () => {
    const { clock, start, rows } = story();
    const first = start();
    first.traffic.use('http');
    first.traffic.countCall('devices');
    await clock.pass(10 * minuteMs);
    await first.stop();
    await clock.pass(2 * hourMs);
    start().traffic.countCall('devices');
    await clock.pass(hourMs);
    expect(rows().map((row) => [row.complete, row['api_calls']])).toEqual([
      [true, 1],
      [true, 0],
      [true, 1],
    ]);
  });

  it('on an old copy of the journal, nothing is sent that is accounted for', async () => {
    const { clock, start, rows, intake, store } = story();
    const first = start();
    first.traffic.use('http');
    for (let n = 0; n < 9; n++) first.traffic.countCall('devices');
    await clock.pass(10 * minuteMs);
    const copy = await store.open();
    for (let n = 0; n < 9; n++) first.traffic.countCall('devices');
    await clock.pass(hourMs);
    clock.kill();
    await store.rewrite(copy);
    start().traffic.use('http');
    await clock.pass(2 * hourMs);
    expect(rows()[0]).toMatchObject({ api_calls: 18, complete: true });
    expect(rows().map((row) => row['api_calls'])).toEqual([18, 0, 0]);
    expect(intake.conflicts).toEqual([]);
  });
});

describe('the journal', () => {
  it('that is made anew says the same as the one that grew', async () => {
    const { clock, start, intake, store } = story();
    const reporter = start({ windowsMax: 4, devices: () => 3 });
    reporter.traffic.countCall('devices');
    await clock.pass(minuteMs);
    intake.interrupt = () => new Response(null, { status: 503 });
    await clock.pass(6 * hourMs);
    const { ledger } = replay(await store.open());
    expect(ledger).toMatchObject({ dropped: 3, learned: true, lengthMs: hourMs });
    expect([ledger.pending.size, ledger.open.size]).toEqual([3, 1]);
    const report = [...ledger.pending.values()][0];
    if (report) ledger.refused.push({ code: 'window_too_old', report });
    expect(replay(entriesOf(ledger).map(lineOf)).ledger).toEqual(ledger);
  });
});

describe('the wall clock', () => {
  it('put back reopens nothing: what is counted goes into the window that is open', async () => {
    const { clock, start, step, rows, intake } = story();
    const reporter = start();
    reporter.traffic.use('http');
    reporter.traffic.countCall('devices');
    await clock.pass(65 * minuteMs);
    step(-50 * minuteMs);
    reporter.traffic.countCall('devices');
    await clock.pass(50 * minuteMs);
    reporter.traffic.countCall('devices');
    await clock.pass(2 * hourMs);
    expect(intake.conflicts).toEqual([]);
    expect(rows()[0]).toMatchObject({ window_start: at('10:00'), api_calls: 1, complete: true });
    const counted = rows().reduce((sum, row) => sum + Number(row['api_calls']), 0);
    expect(counted).toBe(3);
    expect(rows()[1]).toMatchObject({ window_start: at('11:00'), complete: true });
  });

  it('put forward leaves out what it skipped, by name', async () => {
    // The clock was behind, and has been put right.
    const { clock, start, rows } = story();
    const reporter = start();
    reporter.traffic.use('http');
    reporter.traffic.countCall('devices');
    await clock.pass(20 * minuteMs);
    clock.step(2 * hourMs);
    reporter.traffic.countCall('devices');
    await clock.pass(hourMs + minuteMs);
    // A step is seen with the next flush, here 20 s later.
    expect(rows().map((row) => row['gap_seconds'])).toEqual([2380, 3600, 1220]);
    expect(rows().every((row) => !row.complete)).toBe(true);
    expect(rows()[0]).toMatchObject({ api_calls: 1, gaps: [{ reason: 'clock_step' }, {}, {}] });
    expect(rows()[2]).toMatchObject({ api_calls: 1 });
  });

  it('put forward by mistake closes nothing; once it is right again only the minutes in which it was wrong are flagged', async () => {
    const { clock, start, step, rows, intake } = story();
    const reporter = start();
    reporter.traffic.use('http');
    reporter.traffic.countCall('devices');
    await clock.pass(20 * minuteMs);
    step(6 * hourMs);
    reporter.traffic.countCall('devices');
    await clock.pass(10 * minuteMs);
    expect(rows()).toEqual([]);
    step(-6 * hourMs);
    await clock.pass(40 * minuteMs);
    expect(rows()).toMatchObject([{ window_start: at('10:00'), complete: false, api_calls: 1, gap_seconds: 600 }]);
    await clock.pass(6 * hourMs);
    expect(
      rows()
        .slice(1)
        .every((row) => row.complete),
    ).toBe(true);
    expect(rows().reduce((sum, row) => sum + Number(row['api_calls']), 0)).toBe(2);
    expect(intake.refusals).toEqual([]);
    expect(intake.conflicts).toEqual([]);
  });
});

describe('an API that is away', () => {
  it('for 6 hours and more loses nothing and gets each window once, many in one call', async () => {
    const { clock, start, rows, intake } = story();
    const reporter = start();
    reporter.traffic.use('http');
    await clock.pass(10 * minuteMs);
    intake.interrupt = () => new Response(null, { status: 503 });
    for (let hour = 0; hour < 7; hour++) {
      reporter.traffic.countCall('devices');
      await clock.pass(hourMs);
    }
    const asked = intake.calls.length;
    expect(asked).toBeLessThan(120);
    expect(reporter.status()).toMatchObject({ pending: 7, trouble: expect.stringContaining('503') });
    intake.interrupt = () => null;
    await clock.pass(10 * minuteMs);
    expect(rows().map((row) => row['api_calls'])).toEqual([1, 1, 1, 1, 1, 1, 1]);
    expect(rows().every((row) => row.complete)).toBe(true);
    expect(intake.calls.slice(asked).filter(({ items }) => items > 0)).toEqual([
      { path: '/api/usage/batch', items: 7 },
    ]);
  });

  it('is left alone for as long as it asks', async () => {
    const { clock, start, intake } = story();
    const reporter = start();
    reporter.traffic.use('http');
    await clock.pass(minuteMs);
    intake.interrupt = () => new Response(null, { status: 429, headers: { 'retry-after': '1800' } });
    await clock.pass(hourMs);
    const asked = intake.calls.length;
    await clock.pass(29 * minuteMs);
    expect(intake.calls.length).toBe(asked);
    await clock.pass(5 * minuteMs);
    expect(intake.calls.length).toBe(asked + 1);
  });

  it('for longer than windows may wait costs the oldest, and says so', async () => {
    const { clock, start, intake, told } = story();
    const reporter = start({ windowsMax: 3 });
    reporter.traffic.use('http');
    await clock.pass(minuteMs);
    intake.interrupt = () => new Response(null, { status: 503 });
    await clock.pass(6 * hourMs);
    expect(reporter.status()).toMatchObject({ dropped: 4, pending: 2, oldestPending: at('15:00') });
    expect(told).toContain('A window is given up: too many wait');
  });

  it('which takes no large body is sent smaller ones', async () => {
    const { clock, start, intake, rows } = story();
    const reporter = start();
    reporter.traffic.use('http');
    await clock.pass(minuteMs);
    intake.interrupt = () => new Response(null, { status: 503 });
    await clock.pass(5 * hourMs);
    const last = () => intake.calls.at(-1)?.items ?? 0;
    intake.interrupt = () => (last() > 2 ? new Response(null, { status: 413 }) : null);
    await clock.pass(10 * minuteMs);
    expect(rows()).toHaveLength(5);
  });
});

describe('a refusal', () => {
  it('for good leaves the line and is kept for people; the rest goes on', async () => {
    const { clock, start, rows, intake } = story();
    const reporter = start();
    reporter.traffic.use('http');
    await clock.pass(minuteMs);
    const through = intake.fetch;
    let once = true;
    const refusing: typeof fetch = async (input, init) => {
      const isBatch = String(input).endsWith('/batch');
      if (!isBatch || !once) return await through(input, init);
      once = false;
      const results = [{ index: 0, status: 'rejected', code: 'window_too_old', retryable: false }];
      return Response.json({ success: true, accepted: 0, rejected: 1, results }, { status: 202 });
    };
    await reporter.stop();
    const again = start({ fetch: refusing });
    again.traffic.use('http');
    await clock.pass(2 * hourMs + minuteMs);
    expect(again.status().refused).toEqual([{ code: 'window_too_old', windowStart: at('10:00') }]);
    expect(rows().map((row) => row.window_start)).toEqual([at('11:00')]);
  });

  it('of fields that another reporter has is no refusal', async () => {
    const { clock, start, rows, told } = story();
    const reporter = start();
    reporter.traffic.count('custom_5', 3);
    reporter.traffic.count('custom_1', 2);
    await clock.pass(hourMs + minuteMs);
    expect(rows()).toHaveLength(1);
    expect(reporter.status().pending).toBe(0);
    expect(told).toContain('A field does not count: another reporter has it, or the API does not know it');
  });

  it('before and after the reporter’s own time nothing is sent', async () => {
    const { clock, start, rows, intake } = story(tenMs, {
      activeFromMs: tenMs + hourMs,
      activeUntilMs: tenMs + 2 * hourMs,
    });
    const reporter = start();
    reporter.traffic.use('http');
    await clock.pass(4 * hourMs);
    expect(rows().map((row) => row.window_start)).toEqual([at('11:00')]);
    expect(intake.refusals).toEqual([]);
  });
});
