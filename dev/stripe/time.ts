/**
 * The stand-in's time: the platform's clock, and while it catches up with it the instant that is just being lived through. So a
 * renewal, the webhook of it and what our Worker then asks for happen at one time, one after the other, however far the clock
 * was moved at once.
 */
import type { Timed } from './context.ts';

/** @param stopped ends it between two instants: what is due then stays due */
export function openTime(clockNow: () => number, parts: readonly Timed[], stopped: AbortSignal) {
  let instant: number | null = null;
  let last = Promise.resolve();

  const nextAt = (): number | null => {
    const instants = parts.map((part) => part.nextAt()).filter((at) => at !== null);
    return instants.length === 0 ? null : Math.min(...instants);
  };

  async function liveThrough(until: number): Promise<void> {
    try {
      for (let at = nextAt(); at !== null && at <= until && !stopped.aborted; at = nextAt()) {
        // What was due while nobody looked (a platform that was off) never turns the time back.
        instant = Math.max(at, instant ?? at);
        for (const part of parts) await part.run(instant);
      }
    } finally {
      instant = null;
    }
  }

  return {
    now: (): number => instant ?? clockNow(),
    /** Everything that is due up to `until`, ms, in the order of time, each at its own instant. One after the other. */
    runDue(until: number): Promise<void> {
      const run = last.then(() => liveThrough(until));
      last = run.catch(() => {});
      return run;
    },
  };
}
