import { describe, expect, it } from 'vitest';
import { iso } from '../../../sdk/usage-reporter/src/core/clock.ts';
import { takenForMs } from '../../../sdk/usage-reporter/src/core/closing.ts';
import { at, story, tenMs } from './story.ts';
import { dayMs, hourMs, minuteMs } from './time.ts';

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

  it('that are too old to be taken are not tried at the first start, and are one line of the log', async () => {
    const beganDays = 100;
    const { clock, start, rows, intake, lines } = story(tenMs, { activeFromMs: tenMs - beganDays * dayMs });
    start().traffic.use('http');
    await clock.pass(hourMs + minuteMs);
    expect(intake.refusals).toEqual([]);
    const oldest = tenMs - takenForMs;
    expect(rows()[0]?.window_start).toBe(iso(oldest));
    expect(rows()).toHaveLength(takenForMs / hourMs + 1);
    const left = lines.filter(({ message }) => message.startsWith('Windows are not reported'));
    expect(left.map(({ details }) => details)).toEqual([
      { windows: 38 * 24, from: iso(tenMs - beganDays * dayMs), to: iso(oldest) },
    ]);
    expect(lines.filter(({ message }) => /Parts? of/.test(message))).toHaveLength(1);
  });

  it('of a long absence are told the same way, also where more are missing than may wait', async () => {
    const { clock, start, rows, intake, lines } = story();
    const last = start();
    last.traffic.use('http');
    await clock.pass(hourMs + minuteMs);
    await last.stop();
    const awayDays = 90;
    await clock.pass(awayDays * dayMs);
    const next = start();
    next.traffic.use('http');
    await clock.pass(hourMs);
    expect(intake.refusals).toEqual([]);
    const [left, ...more] = lines.filter(({ message }) => message.startsWith('Windows are not reported'));
    expect(more).toEqual([]);
    const missing = (awayDays * dayMs) / hourMs - (rows().length - 2);
    expect(missing).toBeGreaterThan(600);
    expect(left?.details['windows']).toBe(missing - next.status().dropped);
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

  it('of a minute have a sample each', async () => {
    const { clock, start, rows } = story(tenMs, { windowSeconds: 60 });
    start({ devices: () => 3, flushMs: 5_000 });
    await clock.pass(10 * minuteMs);
    expect(rows().length).toBeGreaterThan(7);
    // The first ones were counted as a quarter of an hour until the API said how long windows are.
    expect(
      rows()
        .slice(2)
        .every((row) => row.complete && row['active_devices'] === 3),
    ).toBe(true);
  });

  it('take no number that is none', async () => {
    const { clock, start, rows, told } = story();
    start({ devices: () => Number.NaN });
    await clock.pass(61 * minuteMs);
    expect(rows()[0]).toMatchObject({ complete: false, missing: ['active_devices'] });
    expect(told).toContain('The callback of devices gave no answer');
  });
});
