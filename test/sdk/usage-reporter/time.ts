/** Time that passes when a test says so: everybody who sleeps is woken in order, and what they started is let finish. */
import type { Clock } from '../../../sdk/usage-reporter/src/core/clock.ts';

export const minuteMs = 60_000;
export const hourMs = 3_600_000;
export const dayMs = 24 * hourMs;

interface Sleeper {
  atMs: number;
  wake: () => void;
}

/** What runs asynchronously beside the clock, an answer of the stand-in say, takes a few turns and no time. */
const turns = 3;

export class ManualClock implements Clock {
  #wallMs: number;
  #realMs = 0;
  #sleepers: Sleeper[] = [];
  readonly #held = new Set<Promise<unknown>>();

  constructor(startMs: number) {
    this.#wallMs = startMs;
  }

  now(): number {
    return this.#wallMs;
  }

  monotonic(): number {
    return this.#realMs;
  }

  sleep(ms: number, onWake: (wake: () => void) => void): Promise<void> {
    return new Promise((wake) => {
      this.#sleepers.push({ atMs: this.#realMs + ms, wake });
      onWake(wake);
    });
  }

  /** Lets time pass. */
  async pass(ms: number): Promise<void> {
    const untilMs = this.#realMs + ms;
    await this.#settle();
    for (;;) {
      const next = this.#sleepers.toSorted((a, b) => a.atMs - b.atMs)[0];
      if (!next || next.atMs > untilMs) break;
      this.#sleepers = this.#sleepers.filter((sleeper) => sleeper !== next);
      this.#go(next.atMs - this.#realMs);
      next.wake();
      await this.#settle();
    }
    this.#go(untilMs - this.#realMs);
  }

  /** No time passes until this is over. */
  async hold<T>(work: Promise<T>): Promise<T> {
    this.#held.add(work);
    try {
      return await work;
    } finally {
      this.#held.delete(work);
    }
  }

  /** The wall clock is put forward, or back, while no time passes. */
  step(ms: number): void {
    this.#wallMs += ms;
  }

  /** What slept in a process that was killed never wakes. */
  kill(): void {
    this.#sleepers = [];
  }

  async #settle(): Promise<void> {
    for (let turn = 0; turn < turns; turn++) {
      await Promise.allSettled(this.#held);
      await new Promise((done) => setImmediate(done));
    }
  }

  #go(ms: number): void {
    this.#realMs += Math.max(0, ms);
    this.#wallMs += Math.max(0, ms);
  }
}
