/**
 * Exact request limits: one Durable Object a key, a fixed window from the first request (spec §10). Cloudflare's own
 * rate-limit binding is approximate and per location, so it cannot promise 60 an hour.
 */
import { DurableObject } from 'cloudflare:workers';
import type { Failure } from '../contracts/failures.ts';
import type { RateLimit, RawEnv } from '../env.ts';
import { canonicalAddress } from '../lib/address.ts';
import type { Log } from '../lib/log.ts';
import { reasonOf } from '../lib/reason.ts';

export interface Hit {
  allowed: boolean;
  limit: number;
  remaining: number;
  resetSeconds: number;
}

/** Only the edge sets this header; without an edge all callers share one address. IPv6 is counted by its /64. */
export const addressOf = (headers: Headers): string => canonicalAddress(headers.get('cf-connecting-ip'));

/** Counts the requests of one key. Storage operations of one object are serialised, so the count is exact. */
export class RateLimiter extends DurableObject<RawEnv> {
  /** Takes one from the window, or says when the next one opens. `now` is the caller's clock, ms. */
  async hit(limit: number, windowSeconds: number, now: number): Promise<Hit> {
    const stored = await this.ctx.storage.get<{ count: number; endsAt: number }>('window');
    const window = stored && stored.endsAt > now ? stored : { count: 0, endsAt: now + windowSeconds * 1000 };
    const allowed = window.count < limit;
    if (allowed) {
      window.count += 1;
      await this.ctx.storage.put('window', window);
      // Alarms go by the runtime's own clock, which need not be the caller's (dev/clock).
      if (window !== stored) await this.ctx.storage.setAlarm(Date.now() + windowSeconds * 1000 + 1000);
    }
    const resetSeconds = Math.max(1, Math.ceil((window.endsAt - now) / 1000));
    return { allowed, limit, remaining: limit - window.count, resetSeconds };
  }

  /** Forgets a window that is over, so that addresses are not kept. */
  override async alarm(): Promise<void> {
    await this.ctx.storage.deleteAll();
  }
}

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
    const stub = limiters.get(limiters.idFromName(key)) as unknown as Pick<RateLimiter, 'hit'>;
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
