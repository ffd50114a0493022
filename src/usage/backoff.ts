/** When a message that could not be stored is tried again. Pure. */
import { backoffMs } from '../lib/backoff.ts';
import { hourMs, minuteMs, secondMs } from '../lib/time.ts';

const calmMax = 40;
const calm = { baseMs: 5 * secondMs, maxMs: 15 * minuteMs, jitter: 0.25 };
const long = { baseMs: 3.5 * hourMs, maxMs: 3.5 * hourMs, jitter: 0.25 };

/**
 * Seconds until the next attempt: doubling to a quarter of an hour for the first 40 attempts (some 9 hours), then every
 * three and a half hours, so that the queue's 100 attempts last nine days. `spread` is 0 to 1 and keeps messages apart.
 */
export function retrySeconds(attempts: number, spread: number): number {
  return Math.ceil(backoffMs(attempts, attempts > calmMax ? long : calm, spread) / secondMs);
}
