/** Time as the reporter sees it: what the wall says, what has really passed, and waiting. A test gives one that it moves. */

export interface Clock {
  /** The wall clock: ms since the epoch, UTC. May step in both directions. */
  now(): number;
  /** ms since some moment of this process; never steps. */
  monotonic(): number;
  /** Resolves after `ms`, or when `wake` is called. Does not keep a process alive. */
  sleep(ms: number, onWake: (wake: () => void) => void): Promise<void>;
}

export const systemClock: Clock = {
  now: () => Date.now(),
  monotonic: () => performance.now(),
  sleep: (ms, onWake) =>
    new Promise((resolve) => {
      const timer: unknown = setTimeout(resolve, Math.max(0, ms));
      // Node's timers are objects; elsewhere a timer is a number and keeps nothing alive.
      if (typeof timer === 'object' && timer !== null && 'unref' in timer) (timer as { unref(): void }).unref();
      onWake(resolve);
    }),
};

/** ISO 8601 UTC with milliseconds. */
export const iso = (ms: number): string => new Date(ms).toISOString();
/** The start of the aligned window of `stepMs` that contains `ms`. */
export const floorTo = (ms: number, stepMs: number): number => Math.floor(ms / stepMs) * stepMs;
/** The first aligned edge at or after `ms`. */
export const ceilTo = (ms: number, stepMs: number): number => Math.ceil(ms / stepMs) * stepMs;
