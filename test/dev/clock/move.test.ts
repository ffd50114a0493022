/** The clock's own rules, without a platform: what it shows, which ticks a move runs, and what a kill leaves of it. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type EmbeddedClock, openClock } from '../../../dev/clock/clock.ts';
import { clockControl } from '../../../dev/clock/control.ts';
import { goOn, moveClock } from '../../../dev/clock/move.ts';
import { startCron } from '../../../dev/cron/ticks.ts';
import { dayMs, hourMs, iso, minuteMs } from '../../../src/lib/time.ts';

const start = Date.parse('2026-03-10T09:20:00Z');
const never = new AbortController().signal;

let folder: string;
let machine: number;
const open = (): EmbeddedClock => openClock(folder, () => machine);
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'tenantry-clock-'));
  machine = start;
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** Of a clock that may be moved, on a platform where nothing is due. */
const controlOf = (clock: EmbeddedClock) =>
  clockControl(
    clock,
    async () => {},
    null,
    () => {},
  );

/** Moves and keeps what was run: the edges up to which ticks were due. */
function recorder(clock: EmbeddedClock, killedAfter = Number.POSITIVE_INFINITY) {
  const runs: [string, string][] = [];
  const runDue = async (from: number, to: number): Promise<void> => {
    if (runs.length >= killedAfter) throw new Error('killed');
    runs.push([iso(from), iso(to)]);
    expect(clock.now()).toBe(to);
  };
  return { runs, runDue };
}

describe('a clock', () => {
  it("is the machine's until it is told otherwise, goes on from where it was moved to, and keeps that", async () => {
    const clock = open();
    expect([clock.now(), clock.isMoved()]).toEqual([start, false]);
    await moveClock(clock, { to: start + 2 * hourMs, step: undefined, hold: false }, async () => {}, never);
    machine += 5_000;
    expect(clock.now()).toBe(start + 2 * hourMs + 5_000);
    expect(open().now()).toBe(clock.now());
  });

  it('stands where it is held, and goes on from there', async () => {
    const clock = open();
    const control = controlOf(clock);
    await control.order({ hold: true });
    machine += hourMs;
    expect(clock.now()).toBe(start);
    await control.order({ hold: false });
    machine += 1_000;
    expect(clock.now()).toBe(start + 1_000);
  });

  it('waits before each jump for what it would break, goes on meanwhile, and never back', async () => {
    const clock = open();
    const shown: string[] = [];
    clock.beforeJump(async () => {
      machine += minuteMs;
      shown.push(iso(clock.now()));
    });
    await moveClock(clock, { to: start + 2 * hourMs, step: 'hour', hold: true }, async () => {}, never);
    // It runs until the first jump, and stands between the others and at the end.
    expect(shown).toEqual(['09:21', '10:00', '11:00', '11:20'].map((time) => `2026-03-10T${time}:00.000Z`));
    expect(clock.now()).toBe(start + 2 * hourMs);

    const control = controlOf(clock);
    await control.order({ hold: false });
    machine += 1_000;
    await control.order({ hold: true });
    expect(clock.now()).toBe(start + 2 * hourMs + 1_000 + minuteMs);
    await control.order({ hold: false });
    await control.order({ to: iso(clock.now() + 1_000), hold: true });
    expect(clock.now()).toBe(start + 2 * hourMs + 1_000 + 2 * minuteMs);
  });

  it("is the machine's again when it has come to real time", async () => {
    const clock = open();
    await clock.change(() => clock.runningFrom(start - 3 * dayMs));
    const late = async () => {
      machine += 40;
    };
    await moveClock(clock, { to: 'real', step: undefined, hold: false }, late, never);
    expect([clock.now(), clock.isMoved()]).toEqual([machine, false]);
  });

  it('is refused when what was kept of it is damaged', () => {
    writeFileSync(join(folder, 'clock.json'), '{"offset_ms":');
    expect(open).toThrow('clock.json is not JSON');
    writeFileSync(join(folder, 'clock.json'), '{"offset_ms":"much"}');
    expect(open).toThrow("clock.json is not a clock's");
  });

  it('tells everybody of a change before the move goes on, each time with a higher version', async () => {
    const clock = open();
    const told: number[] = [];
    clock.onChange(async ({ version, held_at_ms }) => {
      await Promise.resolve();
      told.push(version, held_at_ms ?? -1);
    });
    const { runDue } = recorder(clock);
    await moveClock(clock, { to: start + hourMs, step: 'hour', hold: true }, runDue, never);
    const [ten, end] = [Date.parse('2026-03-10T10:00:00Z'), start + hourMs];
    expect(told).toEqual([1, ten, 2, end, 3, end]);
  });
});

describe('a move', () => {
  it('runs what is due at each hour and at its end, leaving no moment out', async () => {
    const clock = open();
    const { runs, runDue } = recorder(clock);
    await moveClock(clock, { to: start + 2 * hourMs, step: undefined, hold: false }, runDue, never);
    expect(runs).toEqual([
      ['2026-03-10T09:20:00.000Z', '2026-03-10T10:00:00.000Z'],
      ['2026-03-10T10:00:00.000Z', '2026-03-10T11:00:00.000Z'],
      ['2026-03-10T11:00:00.000Z', '2026-03-10T11:20:00.000Z'],
    ]);
  });

  it('of more than 31 days goes by days, unless it is told to go by hours or weeks', async () => {
    for (const [days, step, count] of [
      [31, undefined, 31 * 24 + 1],
      [32, undefined, 33],
      [2, 'day', 3],
      [21, 'week', 4],
    ] as const) {
      rmSync(join(folder, 'clock.json'), { force: true });
      const clock = open();
      const { runs, runDue } = recorder(clock);
      await moveClock(clock, { to: start + days * dayMs, step, hold: true }, runDue, never);
      expect(runs).toHaveLength(count);
    }
  });

  it('that was killed at any step goes on at the next start: no tick is left out, and only those of that step run again', async () => {
    const journey = { to: start + 6 * hourMs, step: 'hour', hold: false } as const;
    const whole = recorder(open());
    const clock = open();
    await moveClock(clock, journey, async (from, to) => void whole.runs.push([iso(from), iso(to)]), never);
    for (let killedAfter = 0; killedAfter < whole.runs.length; killedAfter++) {
      rmSync(join(folder, 'clock.json'), { force: true });
      machine = start;
      const first = open();
      const before = recorder(first, killedAfter);
      await expect(moveClock(first, journey, before.runDue, never)).rejects.toThrow('killed');
      machine += 20_000;
      const second = open();
      expect(second.isHeld()).toBe(true);
      const after = recorder(second);
      await goOn(second, after.runDue, never);
      expect([...before.runs, ...after.runs]).toEqual(whole.runs);
      expect([second.now(), second.isHeld()]).toEqual([journey.to, false]);
    }
  });

  it('is refused backwards, while another one is on its way, beyond ten years, and where only real time may be shown', async () => {
    const clock = open();
    let release = () => {};
    const control = clockControl(
      clock,
      () => new Promise((resolve) => (release = resolve)),
      null,
      () => {},
    );
    expect(await control.order({ to: iso(start - 1) })).toMatchObject({ ok: false, error: { status: 422 } });
    expect(await control.order({ to: iso(start + 4000 * dayMs) })).toMatchObject({ ok: false, error: { status: 422 } });
    const moving = control.order({ advance: '10m' });
    await Promise.resolve();
    expect(await control.order({ advance: '1m' })).toMatchObject({ ok: false, error: { status: 409 } });
    await new Promise((resolve) => setImmediate(resolve));
    release();
    expect(await moving).toMatchObject({ ok: true, value: { moved_ms: 10 * minuteMs } });
    const real = clockControl(
      clock,
      async () => {},
      'a live key',
      () => {},
    );
    expect(await real.order({ advance: '1m' })).toEqual({ ok: false, error: { status: 409, message: 'a live key' } });
  });

  it('ends the programs beside the Worker first, and starts them when the clock runs again', async () => {
    const clock = open();
    const said: string[] = [];
    const control = clockControl(
      clock,
      async (_, to) => void said.push(`tick ${iso(to)}`),
      null,
      () => {},
    );
    await control.add({
      pause: async () => void said.push('ended'),
      resume: async () => void said.push(`started at ${iso(clock.now())}`),
    });
    await control.order({ advance: '10m', hold: true });
    await control.order({ advance: '10m' });
    expect(said).toEqual([
      'started at 2026-03-10T09:20:00.000Z',
      'ended',
      'tick 2026-03-10T09:30:00.000Z',
      'ended',
      'tick 2026-03-10T09:40:00.000Z',
      'started at 2026-03-10T09:40:00.000Z',
    ]);
  });
});

describe('cron under a clock', () => {
  it('runs each cron that was due on the way once, at its last minute', async () => {
    const clock = open();
    await clock.change(() => ({ offset_ms: 0, held_at_ms: start, moving: null }));
    const ticks: string[] = [];
    const cron = startCron(
      ['* * * * *', '30 9 * * *', '0 4 * * *'],
      async (expression, at) => void ticks.push(`${expression} ${iso(at.getTime())}`),
      clock,
      () => {},
    );
    await cron.runDue(start, start + 40_000);
    expect(ticks).toEqual([]);
    await cron.runDue(start, Date.parse('2026-03-10T10:00:30Z'));
    expect(ticks).toEqual(['* * * * * 2026-03-10T10:00:00.000Z', '30 9 * * * 2026-03-10T09:30:00.000Z']);
    await cron.runDue(Date.parse('2026-03-10T10:00:30Z'), Date.parse('2026-03-11T00:00:00Z'));
    expect(ticks.slice(2)).toEqual(['* * * * * 2026-03-11T00:00:00.000Z']);
    await cron.stop();
  });
});
