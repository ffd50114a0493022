/**
 * Fires the Worker's crons, which Miniflare never does: every minute of the platform's clock those that are due, and each once
 * shortly after the start, because a machine that was off has missed some. A run that is still going is not started again.
 * While the clock is moved its steps fire them instead (`runDue`).
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { floorTo, minuteMs } from '../../src/lib/time.ts';
import { reasonOf } from '../problem.ts';
import { isDue } from './expression.ts';

const FIRST_TICK_MS = 500;

export type Tick = (cron: string, scheduledTime: Date) => Promise<void>;
type Clock = { now: () => number; isHeld: () => boolean };

/** The last minute in `(from, to]` in which a cron is due, null where there is none. */
function lastDue(cron: string, from: number, to: number): Date | null {
  for (let minute = floorTo(to, minuteMs); minute > from; minute -= minuteMs) {
    if (isDue(cron, new Date(minute))) return new Date(minute);
  }
  return null;
}

/** Starts them; `stop` ends it and waits for what runs. Throws RangeError for a cron that it does not understand. */
export function startCron(crons: string[], tick: Tick, clock: Clock, log: (line: string) => void) {
  for (const cron of crons) isDue(cron, new Date());
  const running = new Map<string, Promise<void>>();
  const stopping = new AbortController();

  const fire = (cron: string, at: Date): void => {
    if (running.has(cron)) return;
    const run = tick(cron, at)
      .catch((error: unknown) => log(`cron ${cron}: ${reasonOf(error)}`))
      .finally(() => running.delete(cron));
    running.set(cron, run);
  };

  const untilTime = (ms: number): Promise<void> => sleep(ms, undefined, { signal: stopping.signal }).catch(() => {});

  const fireDue = (minute: number): void => {
    for (const cron of crons) if (isDue(cron, new Date(minute))) fire(cron, new Date(minute));
  };

  const everyMinute = async (): Promise<void> => {
    await untilTime(FIRST_TICK_MS);
    if (stopping.signal.aborted) return;
    if (!clock.isHeld()) for (const cron of crons) fire(cron, new Date(clock.now()));
    let last = floorTo(clock.now(), minuteMs);
    while (!stopping.signal.aborted) {
      // A clock that is moved meanwhile has had the ticks of its way; this one looks again within a minute.
      await untilTime(minuteMs - (clock.now() % minuteMs));
      const minute = floorTo(clock.now(), minuteMs);
      if (stopping.signal.aborted || clock.isHeld() || minute === last) continue;
      last = minute;
      fireDue(minute);
    }
  };
  const ticking = everyMinute();

  return {
    /** Runs what is due in `(from, to]`, each cron once; resolves when it has run, well or not. */
    async runDue(from: number, to: number): Promise<void> {
      await Promise.all(running.values());
      for (const cron of crons) {
        const at = lastDue(cron, from, to);
        if (at !== null) fire(cron, at);
      }
      await Promise.all(running.values());
    },
    async stop(): Promise<void> {
      stopping.abort();
      await ticking;
      await Promise.all(running.values());
    },
  };
}
