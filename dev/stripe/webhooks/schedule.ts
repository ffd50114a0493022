/**
 * When a webhook that was not answered with 2xx comes again. Stripe says "up to three days with an exponential back off"
 * (https://docs.stripe.com/webhooks#retries) and publishes no table; these are the waits that its live mode is seen to keep.
 */
import { hourMs, minuteMs } from '../../../src/lib/time.ts';

const waitsMs = [5 * minuteMs, 30 * minuteMs, 2 * hourMs, 5 * hourMs, 10 * hourMs];
const laterWaitMs = 12 * hourMs;
const givesUpAfterMs = 72 * hourMs;

/**
 * The instant of the next attempt, or null when it is given up.
 * @param attempts how many there were, the one that just failed included
 * @param at when that one was, ms
 * @param firstAt when the event happened, ms
 */
export function nextAttemptAt(attempts: number, at: number, firstAt: number): number | null {
  const next = at + (waitsMs[attempts - 1] ?? laterWaitMs);
  return next <= firstAt + givesUpAfterMs ? next : null;
}
