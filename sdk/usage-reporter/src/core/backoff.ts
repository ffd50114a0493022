/** How long to wait after a failure: doubling, with a random share. Pure; the random number is given. */

const baseMs = 1_000;
/** Five minutes: an API that is back is found within that. */
const longestMs = 300_000;
/** Half of a wait is random: a fleet that failed together does not come back together. */
const randomShare = 0.5;
const doublingsMax = 20;

/**
 * @param failures how many calls have failed in a row, from 1
 * @param random 0 ≤ x < 1
 * @param leastMs what the API asks for (Retry-After): the wait is at least that, and the random share comes on top
 */
export function backoffMs(failures: number, random: number, leastMs = 0): number {
  const ceilingMs = Math.min(baseMs * 2 ** Math.min(failures - 1, doublingsMax), longestMs);
  return Math.round(Math.max(ceilingMs * (1 - randomShare), leastMs) + ceilingMs * randomShare * random);
}
