/**
 * How the wall clock went on since it was last looked at, held against what has really passed. A step of the wall clock, and
 * a machine that was asleep, is what the two differ by.
 */
import type { Clock } from './clock.ts';

/** Corrections below this are slewed by whoever keeps the clock, and would be noise in a report. */
const stepMsMin = 5_000;

export interface Passed {
  /** The wall clock when it was last looked at, and now. */
  fromMs: number;
  toMs: number;
  /** What has really passed. */
  livedMs: number;
  /** By how much the wall clock was put forward (or back, below 0); 0 where it went on as time does. */
  stepMs: number;
}

export interface Timeline {
  pass(): Passed;
  /** For how long the wall clock has gone on without a step, ms. */
  steadyMs(): number;
}

/** Both clocks at one moment: a process that is held up between two looks would see a step. */
function look(clock: Clock): { wall: number; real: number } {
  for (let tries = 1; ; tries++) {
    const before = clock.monotonic();
    const wall = clock.now();
    const real = clock.monotonic();
    if (real - before <= apartMsMax || tries >= triesMax) return { wall, real };
  }
}
const apartMsMax = 500;
const triesMax = 10;

export function startTimeline(clock: Clock): Timeline {
  let last = look(clock);
  let steadySince = last.real - Number.MAX_SAFE_INTEGER;
  return {
    pass: () => {
      const now = look(clock);
      const livedMs = Math.max(0, now.real - last.real);
      const difference = now.wall - last.wall - livedMs;
      const stepMs = Math.abs(difference) < stepMsMin ? 0 : difference;
      if (stepMs !== 0) steadySince = now.real;
      const passed = { fromMs: last.wall, toMs: now.wall, livedMs, stepMs };
      last = now;
      return passed;
    },
    steadyMs: () => clock.monotonic() - steadySince,
  };
}
