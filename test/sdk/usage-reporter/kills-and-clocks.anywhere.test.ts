import { describe, expect, it } from 'vitest';
import { lineOf, replay } from '../../../sdk/usage-reporter/src/core/journal.ts';
import { entriesOf } from '../../../sdk/usage-reporter/src/core/ledger.ts';
import { at, story } from './story.ts';
import { hourMs, minuteMs } from './time.ts';

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
