/** What the demo asks: the API by its routes, as admin, customer, cluster and provisioner, the Stripe stand-in, and the clock. A refusal ends the demo. */
import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { type AnswerTo, callRoute, type InputOf } from '../../src/contracts/call.ts';
import { type ClockMove, clockAnswer } from '../../src/contracts/embedded-clock.ts';
import type { ReadyLine } from '../../src/contracts/ready.ts';
import type { Route } from '../../src/contracts/route.ts';
import { listEvents } from '../../src/contracts/routes/webhooks.ts';
import { openApiClient, type Retries } from '../../src/lib/api-client.ts';
import { secondMs } from '../../src/lib/time.ts';
import { PlatformError } from '../problem.ts';
import { atStripe } from './stripe.ts';

const callMsMax = 30 * secondMs;
const lookMs = 50;
/** An event that has failed is tried again after some minutes. */
const toldMinutesMax = 15;

/** As patient as an exporter: a machine that does other things answers late, or not now. */
const retries: Retries = {
  attemptsMax: 10,
  waitMsMax: 30 * secondMs,
  backoff: { baseMs: 200, maxMs: 5 * secondMs, jitter: 0 },
  sleep: (ms) => sleep(ms),
  random: Math.random,
};

export type Ask = <R extends Route>(route: R, input: InputOf<R>) => Promise<AnswerTo<R>>;
export type DemoApi = ReturnType<typeof demoApi>;

/** @param signal ends what is under way @param publicUrl where people find the platform, and Stripe's pages lead back to */
export function demoApi(ready: ReadyLine, signal: AbortSignal, publicUrl: string = ready.url) {
  /** Asks with a credential. */
  const as = (token: string): Ask => {
    const client = openApiClient({
      baseUrl: ready.url,
      credential: () => token,
      transport: (url, outgoing) => fetch(url, { ...outgoing, signal: AbortSignal.any([signal, outgoing.signal]) }),
      now: Date.now,
      timeoutMs: callMsMax,
      retries,
    });
    return async (route, input) => {
      // A report that is sent again changes nothing; a deed is known by its key.
      const again = route.idempotent ? { key: randomUUID() } : { repeatable: route.operation === 'reportUsageBatch' };
      const answer = await callRoute(client, route, input, route.method === 'get' ? {} : again);
      if (answer.ok) return answer.value;
      throw new PlatformError(
        `the demo: ${route.operation} was refused: ${answer.error.message} (${answer.error.code})`,
      );
    };
  };

  const admin = as(ready.admin_token);
  const stripe = atStripe(ready, signal);
  /** Asks again and again until it is so. */
  async function until(what: string, isSo: () => Promise<boolean>, msMax = 120 * secondMs): Promise<void> {
    for (const end = Date.now() + msMax; !(await isSo()); ) {
      if (Date.now() > end) throw new PlatformError(`the demo: ${what} took too long`);
      await sleep(lookMs, undefined, { signal });
    }
  }

  /** Moves the clock and waits until it has arrived. @returns what it shows then, ms */
  async function clock(move: ClockMove): Promise<number> {
    const answer = await fetch(ready.clock_url, {
      method: 'POST',
      headers: { authorization: `Bearer ${ready.clock_token}` },
      body: JSON.stringify(move),
      signal,
    });
    const text = await answer.text();
    if (!answer.ok) throw new PlatformError(`the demo: the clock was not moved: ${text}`);
    return Date.parse(clockAnswer.parse(JSON.parse(text)).now);
  }

  return {
    admin,
    provisioner: as(ready.provisioner_token),
    as,
    stripe,
    publicUrl,
    clusterId: ready.cluster_id,
    clock,
    /** Puts a message into a queue that is not of the Worker's making. */
    async push(queueId: string, body: string): Promise<void> {
      const url = `${ready.queue_api_url}/accounts/${ready.queue_account_id}/queues/${queueId}/messages`;
      const answer = await fetch(url, {
        method: 'POST',
        headers: { authorization: `Bearer ${ready.queue_api_token}`, 'content-type': 'application/json' },
        body: JSON.stringify({ body, content_type: 'text' }),
        signal,
      });
      if (!answer.ok) throw new PlatformError(`the demo: the queue took no message: ${await answer.text()}`);
    },
    until,
    /** Goes on by minutes until cron has applied what has happened at Stripe. */
    async told(): Promise<void> {
      for (let minute = 1; ; minute++) {
        await until('hearing of Stripe', stripe.hasTold);
        await clock({ advance: '1m', hold: true });
        const { total } = await admin(listEvents, { query: { state: 'received', limit: 1 } });
        if (total === 0) return;
        if (minute === toldMinutesMax) throw new PlatformError(`the demo: ${total} events of Stripe are not applied`);
      }
    },
  };
}
