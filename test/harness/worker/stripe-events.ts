/**
 * Stripe as tests of the inbox have it: events that are signed as Stripe signs them, a queue that the test empties itself, and an
 * API of a few objects that the test sets and bends.
 */
import { createExecutionContext, waitOnExecutionContext } from 'cloudflare:test';
import { createHmac } from 'node:crypto';
import { consumeBatch } from '../../../src/consume.ts';
import { servicesOf } from '../../../src/services.ts';
import type { Api } from './api.ts';

export const webhookSecret = 'whsec_test_secret_of_the_tests';

export type Json = Record<string, unknown>;

export const secondsOf = (ms: number): number => Math.floor(ms / 1000);

/** The header `Stripe-Signature` of a payload, at a time in Unix seconds. */
export function signatureOf(payload: string, seconds: number, secret = webhookSecret): string {
  const mac = createHmac('sha256', secret).update(`${seconds}.${payload}`).digest('hex');
  return `t=${seconds},v1=${mac}`;
}

let made = 0;
/** An id that no other has. */
export const stripeId = (prefix: string): string =>
  `${prefix}_test${++made}x${Math.random().toString(36).slice(2, 10)}`;

/** An event about an object. */
export const eventOf = (type: string, object: Json, more: Json = {}): Json & { id: string } => ({
  id: stripeId('evt'),
  object: 'event',
  api_version: '2026-10-28.endive',
  created: 1_780_000_000,
  livemode: false,
  pending_webhooks: 1,
  request: { id: null, idempotency_key: null },
  type,
  data: { object },
  ...more,
});

type Answer =
  | Json
  | Response
  | ((request: Request, body: URLSearchParams) => Json | Response | Promise<Json | Response>);

const missing = (path: string): Response =>
  Response.json(
    { error: { type: 'invalid_request_error', code: 'resource_missing', message: `nothing is at ${path}` } },
    { status: 404 },
  );

/** An error of Stripe's. */
export const stripeError = (status: number, code: string): Response =>
  Response.json({ error: { type: status >= 500 ? 'api_error' : 'invalid_request_error', code } }, { status });

/** A Stripe of its own for this API, and the door that its events come through. */
export function stripeFor(api: Api) {
  /** What `METHOD /v1/…` answers; whatever is not here is a 404. */
  const answers = new Map<string, Answer>();
  const calls: { name: string; body: URLSearchParams; headers: Headers }[] = [];
  const queued: string[] = [];
  const queue = { down: false };
  Object.assign(api.bindings, {
    STRIPE_SECRET_KEY: 'sk_test_of_the_tests_0123456789',
    STRIPE_QUEUE: {
      async sendBatch(messages: { body: { event_id: string } }[]) {
        if (queue.down) throw new Error('the queue is down');
        queued.push(...messages.map(({ body }) => body.event_id));
      },
    },
  });
  api.internet.set('https://api.stripe.com', async (request) => {
    const { pathname, search } = new URL(request.url);
    const name = `${request.method} ${pathname}`;
    const body = new URLSearchParams(
      request.method === 'GET' ? search : new TextDecoder().decode(await request.arrayBuffer()),
    );
    calls.push({ name, body, headers: request.headers });
    const answer = answers.get(name);
    if (answer === undefined) return missing(pathname);
    const given = typeof answer === 'function' ? await answer(request, body) : answer;
    return given instanceof Response ? given.clone() : Response.json(given);
  });

  /** Sends the event as Stripe does, at the test's clock. */
  async function deliver(event: Json, { header, secret }: { header?: string; secret?: string } = {}) {
    const raw = JSON.stringify(event);
    const signature = header ?? signatureOf(raw, secondsOf(api.clock.now), secret);
    const headers = { 'stripe-signature': signature, 'content-type': 'application/json; charset=utf-8' };
    return await api.call('POST', '/api/webhooks/stripe', { raw, headers });
  }

  /** Hands messages to the consumer; how each ended. */
  async function consume(ids: readonly string[] = queued.splice(0), bindings: Json = {}): Promise<string[]> {
    const ends: string[] = [];
    const messages = ids.map((event_id, n) => ({
      id: String(n),
      timestamp: new Date(api.clock.now),
      attempts: 1,
      body: { v: 1, event_id },
      ack: () => ends.push('ack'),
      retry: () => ends.push('retry'),
    }));
    const ctx = createExecutionContext();
    const batch = { queue: 'tenantry-stripe', messages, ackAll() {}, retryAll() {} } as unknown as MessageBatch;
    await consumeBatch(batch, servicesOf({ ...api.bindings, ...bindings }, ctx, api.outside));
    await waitOnExecutionContext(ctx);
    return ends;
  }

  /** The row of an event, as the table has it. */
  const row = async (id: string) =>
    await (api.bindings['CONTROL'] as D1Database)
      .prepare('SELECT * FROM stripe_events WHERE id = ?')
      .bind(id)
      .first<Record<string, string | number | null>>();

  return { answers, calls, queued, queue, deliver, consume, row };
}
export type TestStripe = ReturnType<typeof stripeFor>;

/** Says what Stripe calls the customer. */
export async function knownAs(api: Api, customerId: string, stripeCustomerId = stripeId('cus')): Promise<string> {
  await (api.bindings['CONTROL'] as D1Database)
    .prepare('UPDATE customers SET stripe_customer_id = ? WHERE id = ?')
    .bind(stripeCustomerId, customerId)
    .run();
  return stripeCustomerId;
}

/** An invoice as Stripe's API shows it, of a subscription's renewal. */
export const invoiceOf = (customer: string, more: Json = {}): Json & { id: string } => ({
  id: stripeId('in'),
  object: 'invoice',
  customer,
  status: 'draft',
  billing_reason: 'subscription_cycle',
  collection_method: 'charge_automatically',
  auto_advance: true,
  automatically_finalizes_at: null,
  attempt_count: 0,
  number: null,
  currency: 'usd',
  subtotal: 2900,
  total: 2900,
  amount_due: 2900,
  amount_paid: 0,
  amount_remaining: 2900,
  period_start: 1_780_000_000,
  period_end: 1_782_592_000,
  created: 1_780_000_000,
  due_date: null,
  hosted_invoice_url: null,
  last_finalization_error: null,
  metadata: {},
  parent: null,
  status_transitions: { finalized_at: null, marked_uncollectible_at: null, paid_at: null, voided_at: null },
  lines: { object: 'list', data: [], has_more: false },
  ...more,
});
