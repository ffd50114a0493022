/** How long to wait after a failure: doubling from a first wait to a longest one. Pure; the random number is given. */

export interface Backoff {
  /** The longest wait after the first failure, ms. */
  baseMs: number;
  /** The longest wait of all, ms. */
  maxMs: number;
  /** The random share of a wait, 0 to 1: callers that failed at the same moment do not come back at the same moment. */
  jitter: number;
}

/** 2 ** 40 ms are 35 years: no wait is longer, and the product stays finite. */
const doublingsMax = 40;

/**
 * The wait in whole ms: between `1 - jitter` of min(baseMs * 2 ** (attempt - 1), maxMs) and all of it.
 * @param attempt how many attempts have failed in a row, from 1
 * @param random 0 ≤ x < 1
 * @param leastMs the other side's wish (Retry-After): the wait is at least that, and the random share comes on top
 */
export function backoffMs(attempt: number, { baseMs, maxMs, jitter }: Backoff, random: number, leastMs = 0): number {
  const doublings = Math.min(Math.max(attempt - 1, 0), doublingsMax);
  const ceilingMs = Math.min(baseMs * 2 ** doublings, maxMs);
  return Math.round(Math.max(ceilingMs * (1 - jitter), leastMs) + ceilingMs * jitter * random);
}

const byteValues = 256;

/** A random share of a wait, 0 ≤ x < 1, from one random byte. */
export const shareOf = (random: (bytes: number) => Uint8Array): number => (random(1)[0] ?? 0) / byteValues;
