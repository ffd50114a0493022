/** Exact request limits: one Durable Object a key (rate-limiter.ts) is asked, and what its answer means. */
import type { Failure } from '../contracts/failures.ts';
import type { RateLimit } from '../env-kinds.ts';
import { canonicalAddress } from '../lib/address.ts';
import type { Log } from '../lib/log.ts';
import { reasonOf } from '../lib/reason.ts';

export interface Hit {
  allowed: boolean;
  limit: number;
  remaining: number;
  resetSeconds: number;
}

/** What a Durable Object of RATE_LIMITER answers. */
export interface Counter {
  /** Takes one from the window, or says when the next one opens. `now` is the caller's clock, ms. */
  hit(limit: number, windowSeconds: number, now: number): Promise<Hit>;
}

/** Only the edge sets this header; without an edge all callers share one address. IPv6 is counted by its /64. */
export const addressOf = (headers: Headers): string => canonicalAddress(headers.get('cf-connecting-ip'));

/**
 * Takes one from the key's window. A limiter that cannot be asked lets the request through: limits guard against abuse,
 * they do not decide what is true, and an outage of theirs must not stop billing.
 */
export async function takeOne(
  limiters: DurableObjectNamespace,
  key: string,
  limit: RateLimit | null,
  { now, log }: { now: () => number; log: Log },
): Promise<Hit | null> {
  if (limit === null) return null;
  try {
    const stub = limiters.get(limiters.idFromName(key)) as unknown as Counter;
    return await stub.hit(limit.requests, limit.seconds, now());
  } catch (error) {
    log('warn', 'the rate limiter could not be asked', { error: reasonOf(error) });
    return null;
  }
}

/** The refusal of a hit that was one too many. */
export const tooMany = ({ resetSeconds }: Hit, advice?: string): Failure => ({
  code: 'rate_limited',
  message: `too many requests, ${advice === undefined ? '' : `${advice} or `}try again in ${resetSeconds} s`,
  retryAfterSeconds: resetSeconds,
});

/** `RateLimit-*` headers of a hit, none without one (draft-ietf-httpapi-ratelimit-headers). */
export const limitHeaders = (hit: Hit | null): Record<string, string> =>
  hit === null
    ? {}
    : {
        'RateLimit-Limit': String(hit.limit),
        'RateLimit-Remaining': String(hit.remaining),
        'RateLimit-Reset': String(hit.resetSeconds),
      };
