/** How long to wait after a failure: doubling, with half of it random so that a fleet does not come back at once. */

const firstMs = 1_000;
const longestMs = 5 * 60_000;
/** A wish for more is a mistake of whoever answered. */
const longestWishMs = 60 * 60_000;

/**
 * @param failures how many in a row, from 1
 * @param random in [0, 1)
 * @param wishMs the other side's Retry-After, kept as the least, up to an hour
 */
export function backoffMs(failures: number, random: () => number, wishMs = 0): number {
  const whole = Math.min(longestMs, firstMs * 2 ** Math.min(failures - 1, 20));
  return Math.max(Math.min(wishMs, longestWishMs), whole / 2) + (whole / 2) * random();
}
