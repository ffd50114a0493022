/** A clock that runs faster than time: hours of outage are seconds. Driver and application make the same one of the same numbers. */
import type { Clock } from '../../../sdk/usage-reporter/src/core/clock.ts';

export interface Pace {
  /** The moment of this machine at which the trial began, ms. */
  realStartMs: number;
  /** What the trial's clock said then, ms. */
  startMs: number;
  /** ms of the trial in one of this machine's. */
  speed: number;
}

const realMs = (): number => performance.timeOrigin + performance.now();

export const trueMs = ({ realStartMs, startMs, speed }: Pace): number =>
  Math.round(startMs + (realMs() - realStartMs) * speed);

/** @param wrongMs by how much the wall clock is put forward at this moment */
export function fastClock(pace: Pace, wrongMs: () => number): Clock {
  return {
    now: () => trueMs(pace) + wrongMs(),
    monotonic: () => performance.now() * pace.speed,
    sleep: (ms, onWake) =>
      new Promise((resolve) => {
        setTimeout(resolve, ms / pace.speed);
        onWake(resolve);
      }),
  };
}
