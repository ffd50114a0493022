/**
 * One line when something stops answering, one when it is back, and one every ten minutes with the reason of then: an
 * outage of hours is a page of log, not one line per poll. Reasons flap (refused, reset, timed out); they are no news.
 */
import type { Logger } from 'pino';
import type { Monotonic } from './clock.ts';

export type Outage = {
  /** A call to the service failed. */
  down(reason: string): void;
  /** The service answered a call. */
  up(): void;
};

const remindEveryMs = 600_000;

/** `what` begins the line, e.g. `queue`. */
export function outageOf(what: string, log: Logger, now: Monotonic): Outage {
  let down: { since: number; saidAt: number } | null = null;
  return {
    down(reason) {
      const at = now();
      if (down !== null && at - down.saidAt < remindEveryMs) return;
      log.warn({ dependency: what }, `${what}: ${reason}; trying again until it answers`);
      down = { since: down?.since ?? at, saidAt: at };
    },
    up() {
      if (down === null) return;
      const seconds = Math.round((now() - down.since) / 1000);
      log.info({ dependency: what }, `${what}: back after ${seconds} s`);
      down = null;
    },
  };
}
