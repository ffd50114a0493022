/** When a message that could not be stored is tried again. Pure. */

const firstSeconds = 5;
const calmMax = 40;
const calmSeconds = 15 * 60;
const longSeconds = 3.5 * 60 * 60;

/**
 * Seconds until the next attempt: doubling to a quarter of an hour for the first 40 attempts (some 9 hours), then every
 * three and a half hours, so that the queue's 100 attempts last nine days. `spread` is 0 to 1 and keeps messages apart.
 */
export function retrySeconds(attempts: number, spread: number): number {
  const ceiling =
    attempts > calmMax ? longSeconds : Math.min(firstSeconds * 2 ** Math.max(0, attempts - 1), calmSeconds);
  return Math.ceil(ceiling * (0.75 + 0.25 * spread));
}
