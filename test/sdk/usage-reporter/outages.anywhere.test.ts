import { describe, expect, it } from 'vitest';
import { at, story, tenMs } from './story.ts';
import { hourMs, minuteMs } from './time.ts';

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

  it('only for its cursor holds up no report', async () => {
    const { clock, start, intake, rows } = story();
    start().traffic.use('http');
    await clock.pass(minuteMs);
    intake.interrupt = (path) => (path.endsWith('/cursor') ? new Response(null, { status: 500 }) : null);
    await clock.pass(4 * hourMs + 10 * minuteMs);
    expect(rows()).toHaveLength(4);
  });

  it('holds up no report by being asked for the time, where the clock is ahead', async () => {
    const { clock, start, step, rows } = story();
    start({ flushMs: minuteMs }).traffic.use('http');
    step(2 * hourMs);
    await clock.pass(3 * hourMs + 30 * minuteMs);
    expect(rows()).toHaveLength(3);
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
