/**
 * A platform of its own on a movable clock, with both sides of a subscription's life in reach: the API, asked by its routes, and
 * the Stripe stand-in with its control door. Owns how they are asked and when all is quiet; what happens is the caller's.
 */
import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type Stripe from 'stripe';
import { z } from 'zod';
import { type AnswerTo, callRoute, type InputOf } from '../../../src/contracts/call.ts';
import { type ClockMove, clockAnswer } from '../../../src/contracts/embedded-clock.ts';
import type { Route } from '../../../src/contracts/route.ts';
import { listEvents } from '../../../src/contracts/routes/webhooks.ts';
import { type ApiFailure, openApiClient } from '../../../src/lib/api-client.ts';
import type { Result } from '../../../src/lib/result.ts';
import { iso, minuteMs, secondMs } from '../../../src/lib/time.ts';
import { startPlatform } from '../../../test/harness/platform.ts';

const callMsMax = 60 * secondMs;
const lookMs = 25;
const quietMsMax = 60 * secondMs;

/** Asks, and tells a refusal. */
export type Try = <R extends Route>(route: R, input: InputOf<R>) => Promise<Result<AnswerTo<R>, ApiFailure>>;
/** Asks where a refusal is an error. */
export type Ask = <R extends Route>(route: R, input: InputOf<R>) => Promise<AnswerTo<R>>;

const secrets = z.object({ stripe_secret_key: z.string() });
const deliveries = z.object({ deliveries: z.array(z.object({ attempts: z.number(), next_at: z.number() })) });

const objectsOf = z.object({
  data: z.array(z.object({ id: z.string(), metadata: z.record(z.string(), z.string()).default({}) })),
});

export type LifePlatform = Awaited<ReturnType<typeof startLifePlatform>>;

/** Starts it. @param from the instant at which its clock begins, ISO 8601 */
export async function startLifePlatform(from: string) {
  // A story is looked at many times a second, its licence with it: a slow machine would come to every limit.
  const limits = {
    RATE_LIMIT_SIGNUP: 'off',
    RATE_LIMIT_WEBHOOKS: 'off',
    RATE_LIMIT_AUTH: 'off',
    RATE_LIMIT_VALIDATE: 'off',
  };
  const env = { ...limits, SIMULATED_JOB_MS: '200', LOG_LEVEL: 'warn' };
  const platform = await startPlatform({ args: ['--at', from], env });
  const { ready, dataDir } = platform;
  const { stripe_secret_key: key } = secrets.parse(JSON.parse(readFileSync(join(dataDir, 'secrets.json'), 'utf8')));

  /** Calls with a credential, null for none. */
  const as = (token: string | null): Try => {
    const client = openApiClient({
      baseUrl: ready.url,
      credential: () => token,
      transport: (url, outgoing) => fetch(url, outgoing),
      now: Date.now,
      timeoutMs: callMsMax,
    });
    return (route, input) => callRoute(client, route, input, route.idempotent ? { key: randomUUID() } : {});
  };
  const attempt = as(ready.admin_token);
  const ask: Ask = async (route, input) => {
    const answer = await attempt(route, input);
    if (answer.ok) return answer.value;
    throw new Error(`${route.operation} was refused: ${answer.error.message} (${answer.error.code})`);
  };

  async function fetchJson(url: string, token: string, init: RequestInit = {}): Promise<unknown> {
    const answer = await fetch(url, { ...init, headers: { authorization: `Bearer ${token}` } });
    const text = await answer.text();
    if (!answer.ok) throw new Error(`${url} answered ${answer.status}: ${text}`);
    return JSON.parse(text);
  }
  const atStripe = (path: string, init?: RequestInit) => fetchJson(`${ready.stripe_url}${path}`, key, init);
  const post = (body: unknown): RequestInit => ({ method: 'POST', body: JSON.stringify(body) });

  /** Asks until it is so; null when it is not within the time. */
  async function until<T>(look: () => Promise<T | null>, msMax = quietMsMax): Promise<T | null> {
    for (const end = Date.now() + msMax; ; await sleep(lookMs)) {
      const found = await look();
      if (found !== null || Date.now() > end) return found;
    }
  }

  let shown = Date.parse(from);
  /** Moves the clock, lets it run or stand. @returns what it shows then, ms */
  async function clock(move: ClockMove): Promise<number> {
    shown = Date.parse(clockAnswer.parse(await fetchJson(ready.clock_url, ready.clock_token, post(move))).now);
    return shown;
  }
  /** An attempt that has failed comes again at its own time; what has failed here is tried again by cron. */
  const hasCalmed = async (): Promise<true | null> => {
    const { deliveries: waiting } = deliveries.parse(await atStripe('/_stand-in/deliveries?waiting=true'));
    if (waiting.some(({ attempts, next_at }) => attempts === 0 || next_at <= shown)) return null;
    return (await ask(listEvents, { query: { state: 'received', limit: 1 } })).total === 0 ? true : null;
  };

  return {
    url: ready.url,
    clusterId: ready.cluster_id,
    mailFolder: join(dataDir, 'mail'),
    as,
    attempt,
    ask,
    until,
    clock,
    /** A minute passes, and with it a tick of cron. */
    minute: () => clock({ to: iso(shown + minuteMs), hold: true }),
    /** A deed of somebody at Stripe, through the control door. */
    door: (path: string, body: unknown = {}) => atStripe(`/_stand-in${path}`, post(body)),
    /** All faults are taken away. */
    heal: () => atStripe('/_stand-in/faults', { method: 'DELETE' }),
    /** All objects of a kind, as they are at Stripe now. */
    async objects<T = Stripe.Subscription>(kind: string): Promise<T[]> {
      return ((await atStripe(`/_stand-in/objects/${kind}`)) as { data: T[] }).data;
    },
    /** Stripe's ids of our customers, by ours. */
    async customers(): Promise<Map<string, string>> {
      const { data } = objectsOf.parse(await atStripe('/_stand-in/objects/customer'));
      return new Map(data.map(({ id, metadata }) => [metadata['tenantry_customer_id'] ?? '', id]));
    },
    /** Ids of what a customer owes, as Stripe knows them. */
    async openInvoices(customer: string): Promise<string[]> {
      const query = new URLSearchParams({ customer, status: 'open', limit: '100' });
      return objectsOf.parse(await atStripe(`/v1/invoices?${query}`)).data.map(({ id }) => id);
    },
    /** A call of Stripe's API. */
    stripe: (path: string, fields: Record<string, string>) =>
      atStripe(`/v1${path}`, { method: 'POST', body: new URLSearchParams(fields) }),
    /** Waits until Stripe has told everything and all of it is applied. Throws when it is not within a minute. */
    async calm(): Promise<void> {
      if ((await until(hasCalmed)) === null) throw new Error('Stripe’s events were not applied within a minute');
    },
    stop: platform.stop,
  };
}
