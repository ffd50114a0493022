/**
 * The count of one key: a fixed window from the first request (spec §10). Cloudflare's own rate-limit binding is approximate
 * and per location, so it cannot promise 60 an hour. Only the Worker's entry imports this file as code: what it extends
 * exists in workerd alone, and the app's routes are read elsewhere too (tools/openapi.ts).
 */
import { DurableObject } from 'cloudflare:workers';
import type { RawEnv } from '../env.ts';
import type { Witness } from '../outbox/outbox.ts';
import type { Counter, Hit } from './rate-limit.ts';
import { type Bucket, drawFrom, type Level } from './stripe-pace.ts';

/** Counts the requests of one key. Storage operations of one object are serialised, so the count is exact. */
export class RateLimiter extends DurableObject<RawEnv> implements Counter, Bucket, Witness {
  /** Of calls to Stripe. What is forgotten with the object is a second's worth. */
  #level: Level | null = null;

  async draw(perSecond: number, reserve: number): Promise<number> {
    const { level, waitMs } = drawFrom(this.#level, Date.now(), perSecond, reserve);
    this.#level = level;
    return waitMs;
  }

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

  async seen(): Promise<string | null> {
    return (await this.ctx.storage.get<string>('seen')) ?? null;
  }

  async see(mark: string): Promise<void> {
    await this.ctx.storage.put('seen', mark);
  }

  /** Forgets a window that is over, so that addresses are not kept. */
  override async alarm(): Promise<void> {
    await this.ctx.storage.deleteAll();
  }
}
