/** When a guard asks again. Pure: randomness is given. */

/** How often an instance asks which licence is in force. */
const everyMs = 6 * 3_600_000;
/** The first try after one that had no answer; each further one waits twice as long, up to `everyMs`. */
const firstRetryMs = 60_000;

/**
 * Milliseconds until the next pull. Spread by a tenth either way, so that instances that started together do not ask
 * together; after `failures` pulls without an answer sooner, and never before the API wants it.
 * @param random in [0, 1)
 */
export function nextPullMs(failures: number, retryAfterMs: number, random: number): number {
  if (failures === 0) return Math.round(everyMs * (0.9 + 0.2 * random));
  const backoff = Math.min(everyMs, firstRetryMs * 2 ** (failures - 1));
  return Math.round(Math.max(backoff * (0.5 + 0.5 * random), Math.min(retryAfterMs, everyMs)));
}
