/**
 * One bucket of calls to Stripe for all isolates (decision 16): holds of drafts before lines and finalisation before everything else. A
 * Durable Object counts by the machine's own time. Where it cannot be asked, calls go: Stripe has a limit of its own.
 */
import type { Log } from '../lib/log.ts';
import type { Fetch } from '../lib/outbound.ts';
import { pause } from '../lib/pause.ts';
import { reasonOf } from '../lib/reason.ts';
import { secondMs } from '../lib/time.ts';

type CallClass = 'hold' | 'lines' | 'other';

/** What a Durable Object of RATE_LIMITER answers. */
export interface Bucket {
  /** Takes one call. @returns 0, or how long to wait before asking again, ms */
  draw(perSecond: number, reserve: number): Promise<number>;
}

/** The share of the bucket that a class leaves to those before it. */
const reserves: Readonly<Record<CallClass, number>> = { hold: 0, lines: 0.1, other: 0.2 };

/** What a call is, by its path and body: a hold is an update that says until when. */
export function classOf(method: string, path: string, body: string): CallClass {
  if (method !== 'POST') return 'other';
  if (/^\/v1\/invoices\/[^/]+$/.test(path) && body.includes('automatically_finalizes_at')) return 'hold';
  if (/^\/v1\/invoices\/[^/]+\/(?:add_lines|finalize)$/.test(path)) return 'lines';
  return path === '/v1/invoices' || path === '/v1/billing/meter_events' ? 'lines' : 'other';
}

/** A call that waits longer gives up its turn, and goes: the caller has a time limit of its own. */
const waitMsMax = 5 * secondMs;

/** Calls with a place in the bucket taken before. @param sleep waits so many ms */
export function paced(
  send: Fetch,
  {
    bucket,
    perSecond,
    sleep,
    log,
  }: { bucket: Bucket; perSecond: number; sleep: (ms: number) => Promise<void>; log: Log },
): Fetch {
  return async (url, init) => {
    const kind = classOf(init?.method ?? 'GET', new URL(url).pathname, typeof init?.body === 'string' ? init.body : '');
    try {
      for (let waited = 0; waited < waitMsMax; ) {
        const ms = await bucket.draw(perSecond, reserves[kind]);
        if (ms === 0) break;
        await sleep(ms);
        waited += ms;
      }
    } catch (error) {
      log('warn', 'the pace of calls to Stripe could not be asked', { error: reasonOf(error) });
    }
    return await send(url, init);
  };
}

const kept = new WeakMap<Fetch, Fetch>();

/** The same for a way of calling, made once an isolate: the client at Stripe is made of it. */
export function pacedOnce(send: Fetch, limiters: DurableObjectNamespace, perSecond: number, log: Log): Fetch {
  const found = kept.get(send);
  if (found) return found;
  // A stub is of the request that made it, so each draw has its own.
  const bucket: Bucket = {
    draw: (...args) => (limiters.get(limiters.idFromName('stripe')) as unknown as Bucket).draw(...args),
  };
  const made = paced(send, { bucket, perSecond, sleep: pause, log });
  kept.set(send, made);
  return made;
}

/** The bucket as it was left: how much is in it, and when it was looked at, ms. */
export interface Level {
  left: number;
  at: number;
}

/** Takes one from a bucket that holds a second's calls. @param reserve the share that must stay in it @returns the wait, ms */
export function drawFrom(
  level: Level | null,
  now: number,
  perSecond: number,
  reserve: number,
): { level: Level; waitMs: number } {
  const before = level ?? { left: perSecond, at: now };
  const left = Math.min(perSecond, before.left + (Math.max(0, now - before.at) / secondMs) * perSecond);
  const needed = 1 + reserve * perSecond;
  if (left >= needed || left >= perSecond) return { level: { left: left - 1, at: now }, waitMs: 0 };
  const waitMs = Math.max(1, Math.ceil(((needed - left) / perSecond) * secondMs));
  return { level: { left, at: now }, waitMs };
}
