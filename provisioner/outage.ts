/** One line when something stops answering, one when it is back: an outage of hours is two lines, not one per poll. */
import type { Logger } from 'pino';
import type { Monotonic } from './clock.ts';

export type Outage = {
  /** It failed. Logged when it is news: the first time, or for another reason. */
  down(reason: string): void;
  /** It answered. Logged when it had been down. */
  up(): void;
  isDown(): boolean;
};

/** `what` begins the line, e.g. `queue`. */
export function outageOf(what: string, log: Logger, now: Monotonic): Outage {
  let down: { since: number; reason: string } | null = null;
  return {
    down(reason) {
      if (down?.reason === reason) return;
      log.warn({ dependency: what }, `${what}: ${reason}; trying again until it answers`);
      down = { since: down?.since ?? now(), reason };
    },
    up() {
      if (down === null) return;
      const seconds = Math.round((now() - down.since) / 1000);
      log.info({ dependency: what }, `${what}: back after ${seconds} s`);
      down = null;
    },
    isDown: () => down !== null,
  };
}
