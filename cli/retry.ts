/**
 * When a call to the API is made again: nobody answered, or an answer says "not now". Pure. Safe because every GET is, every
 * mutating POST carries one Idempotency-Key over all its attempts, and a usage report has one row for ever.
 */

/** Attempts in all. With the delays below an outage of two seconds is not noticed. */
export const attemptsMax = 4;
const firstDelayMs = 300;
const delayFactor = 2.5;
/** A server that asks for a longer pause than this is not waited for: the person decides. */
export const retryAfterMsMax = 15_000;

/** 409 `idempotency_in_progress` is our own first attempt, still running after we lost its answer. */
export const isNotNow = (status: number, code: string): boolean =>
  [408, 429, 502, 503, 504].includes(status) || code === 'idempotency_in_progress';

/**
 * How long to wait before the next attempt, in ms; null when there is none.
 * @param attempt the one that just failed, from 1
 * @param askedMs the answer's Retry-After, null without one
 * @param fraction 0 ≤ x < 1: spreads callers that were cut off at the same moment
 */
export function delayBefore(attempt: number, askedMs: number | null, fraction: number): number | null {
  if (attempt >= attemptsMax) return null;
  const backoffMs = firstDelayMs * delayFactor ** (attempt - 1) * (0.5 + fraction / 2);
  if (askedMs === null) return Math.round(backoffMs);
  return askedMs > retryAfterMsMax ? null : Math.max(askedMs, Math.round(backoffMs));
}

/** Retry-After as ms: seconds or an HTTP date; null when it is absent or neither. */
export function retryAfterMs(header: string | null, now: number): number | null {
  if (header === null) return null;
  if (/^\d{1,9}$/.test(header.trim())) return Number(header) * 1000;
  const at = Date.parse(header);
  return Number.isNaN(at) ? null : Math.max(0, at - now);
}
