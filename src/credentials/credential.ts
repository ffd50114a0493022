/** Rules of a credential's life. Pure. */
import type { Failure } from '../contracts/failures.ts';
import { dayMs, secondMs } from '../lib/time.ts';

/** What decides whether a credential opens a door, ms. */
export interface Life {
  createdAt: number;
  expiresAt: number | null;
  revokedAt: number | null;
}

/** Whether the credential is accepted at `now`, ms. */
export const isLive = ({ expiresAt, revokedAt }: Life, now: number): boolean =>
  (revokedAt === null || revokedAt > now) && (expiresAt === null || expiresAt > now);

/** What a new key is called, and when it ends, ms; null for a key without an end. */
export interface KeyWish {
  name: string | null;
  expiresAt: number | null;
}

/** An expiry that has passed already would make a key that never works. */
export const refuseExpired = (expiresAt: number | null, now: number, path = 'expires_at'): Failure | null => {
  if (expiresAt === null || expiresAt > now) return null;
  const message = 'must lie ahead';
  return {
    code: 'validation_failed',
    message: `${path}: ${message}`,
    details: { issues: [{ path, message }] },
  };
};

/** When a key that replaces another expires: after as long a life. */
export const expiryAfter = ({ createdAt, expiresAt }: Life, now: number): number | null =>
  expiresAt === null ? null : now + (expiresAt - createdAt);

/** When a key ends that has been replaced: after the overlap, or by itself before that. */
export const overlapEnd = ({ expiresAt, revokedAt }: Life, overlapSeconds: number, now: number): number =>
  Math.min(
    now + overlapSeconds * secondMs,
    expiresAt ?? Number.POSITIVE_INFINITY,
    revokedAt ?? Number.POSITIVE_INFINITY,
  );

/** How long an ended reporter's key lives on, and one of a deactivated customer: no window older than this is taken. */
export const reporterKeyMs = 62 * dayMs;
