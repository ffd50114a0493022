/**
 * Fires the Worker's crons, which Miniflare never does: every minute those that are due, and each once shortly after the
 * start, because a machine that was off has missed some. A run that is still going is not started again.
 */
import { reasonOf } from '../problem.ts';
import { isDue } from './expression.ts';

const MINUTE_MS = 60_000;
const FIRST_TICK_MS = 500;

export type Tick = (cron: string, scheduledTime: Date) => Promise<void>;

/** Starts the clock; `stop` ends it and waits for what runs. Throws RangeError for a cron that it does not understand. */
export function startClock(crons: string[], tick: Tick, log: (line: string) => void) {
  for (const cron of crons) isDue(cron, new Date());
  const running = new Map<string, Promise<void>>();

  const fire = (cron: string, at: Date) => {
    if (running.has(cron)) return;
    const run = tick(cron, at)
      .catch((error: unknown) => log(`cron ${cron}: ${reasonOf(error)}`))
      .finally(() => running.delete(cron));
    running.set(cron, run);
  };

  let timer: NodeJS.Timeout;
  const schedule = () => {
    timer = setTimeout(
      () => {
        const minute = new Date(Math.floor(Date.now() / MINUTE_MS) * MINUTE_MS);
        for (const cron of crons) if (isDue(cron, minute)) fire(cron, minute);
        schedule();
      },
      MINUTE_MS - (Date.now() % MINUTE_MS),
    );
  };
  const first = setTimeout(() => {
    for (const cron of crons) fire(cron, new Date());
  }, FIRST_TICK_MS);
  schedule();

  return {
    async stop(): Promise<void> {
      clearTimeout(first);
      clearTimeout(timer);
      await Promise.all(running.values());
    },
  };
}
