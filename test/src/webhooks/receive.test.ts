import { env as given } from 'cloudflare:workers';
import { beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { ensureCluster, makeApi, rootToken, signUp } from '../../harness/worker/api.ts';
import {
  eventOf,
  invoiceOf,
  knownAs,
  secondsOf,
  signatureOf,
  stripeError,
  stripeFor,
  stripeId,
  webhookSecret,
} from '../../harness/worker/stripe-events.ts';

const hourMs = 3_600_000;
const startAt = 1_780_000_000_000;
const env = given as unknown as Record<string, number | undefined>;
/** `npm run figures -- webhooks` has more. */
const renewals = Number(env['TEST_WEBHOOK_RENEWALS'] ?? 60);
const api = makeApi(startAt);
const stripe = stripeFor(api);
const control = api.bindings['CONTROL'] as D1Database;
let customerId = '';
let cus = '';

beforeAll(async () => {
  await ensureCluster(api);
  customerId = (await signUp(api)).customer.customer_id;
  cus = await knownAs(api, customerId);
});
beforeEach(() => {
  api.clock.now = startAt;
  stripe.answers.clear();
  stripe.calls.length = 0;
  stripe.queued.length = 0;
  stripe.queue.down = false;
});

const bodyOf = async (response: Response) => ({ status: response.status, body: await response.json() });
const codeOf = async (response: Response) => [response.status, ((await response.json()) as { code?: string }).code];

describe('POST /api/webhooks/stripe', () => {
  it('takes an event in once, whatever comes how often', async () => {
    const event = eventOf('some.type', { id: 'x_0', customer: cus });
    expect(await bodyOf(await stripe.deliver(event))).toEqual({ status: 200, body: { received: true } });
    for (const _ of [1, 2]) {
      const again = { status: 200, body: { received: true, duplicate: true } };
      expect(await bodyOf(await stripe.deliver(event))).toEqual(again);
    }
    expect(stripe.queued).toEqual([event.id]);
    expect(await stripe.row(event.id)).toMatchObject({ state: 'received', customer_id: customerId, object_id: 'x_0' });
  });

  it('keeps the event as it was signed, to the last field', async () => {
    const event = eventOf('some.new_type', { id: 'x_1', text: '漢 ü \u0000 \u2028', deep: [{ a: null }] });
    await stripe.deliver(event);
    const read = await api.call('GET', `/api/webhooks/events/${event.id}`, { token: rootToken });
    expect((await read.json()) as unknown).toMatchObject({ payload: event, state: 'received', attempts: 0 });
  });

  it('refuses what nobody has signed, and stores nothing of it', async () => {
    const event = eventOf('invoice.paid', invoiceOf(cus));
    const payload = JSON.stringify(event);
    const seconds = secondsOf(api.clock.now);
    for (const header of [
      undefined,
      '',
      't=1',
      signatureOf(payload, seconds - 301),
      signatureOf(`${payload} `, seconds),
    ]) {
      const headers: Record<string, string> = header === undefined ? {} : { 'stripe-signature': header };
      const answer = await api.call('POST', '/api/webhooks/stripe', { raw: payload, headers });
      expect(await codeOf(answer)).toEqual([400, 'signature_invalid']);
    }
    expect(await codeOf(await stripe.deliver(event, { secret: 'whsec_else' }))).toEqual([400, 'signature_invalid']);
    expect(await stripe.row(event.id)).toBeNull();
  });

  it('believes the old secret while there is one, and nobody while there is none', async () => {
    const event = eventOf('ping', {});
    const raw = JSON.stringify(event);
    const headers = { 'stripe-signature': signatureOf(raw, secondsOf(api.clock.now), webhookSecret) };
    const send = (bindings: Record<string, unknown>) =>
      api.call('POST', '/api/webhooks/stripe', { raw, headers, bindings });
    const rolled = { STRIPE_WEBHOOK_SECRET: 'whsec_the_next_one_of_the_tests' };
    expect((await send({ ...rolled })).status).toBe(400);
    expect((await send({ ...rolled, STRIPE_WEBHOOK_SECRET_OLD: webhookSecret })).status).toBe(200);
    const none = await send({ STRIPE_WEBHOOK_SECRET: undefined });
    expect(none.headers.get('retry-after')).toBe('600');
    expect(await codeOf(none)).toEqual([503, 'unavailable']);
  });

  it('refuses a body of 10 MB at its limit, said or streamed, before it looks at the signature', async () => {
    const headers = { 'stripe-signature': 't=1,v1=x' };
    const send = (raw: BodyInit) => api.call('POST', '/api/webhooks/stripe', { raw, headers });
    expect(await codeOf(await send('x'.repeat(10_000_000)))).toEqual([413, 'too_large']);
    let pulled = 0;
    const stream = new ReadableStream({
      pull(controller) {
        pulled += 65_536;
        controller.enqueue(new Uint8Array(65_536));
        if (pulled >= 10_000_000) controller.close();
      },
    });
    expect(await codeOf(await send(stream))).toEqual([413, 'too_large']);
    expect(pulled).toBeLessThan(2_000_000);
  });

  it('takes a body of almost a megabyte', async () => {
    const event = eventOf('some.large_type', { id: 'x_2', text: 'x'.repeat(1_000_000) });
    expect((await stripe.deliver(event)).status).toBe(200);
  });

  it('refuses what was signed and is no event', async () => {
    for (const raw of ['{', '[]', '"x"', '{}', '{"id":7,"type":"x"}', `{"id":"evt_1","type":"${'x'.repeat(300)}"}`]) {
      const headers = { 'stripe-signature': signatureOf(raw, secondsOf(api.clock.now)) };
      const answer = await api.call('POST', '/api/webhooks/stripe', { raw, headers });
      expect(await codeOf(answer), raw).toEqual([400, 'invalid_json']);
    }
  });

  it('answers well while the queue is down, and cron processes the event', async () => {
    stripe.queue.down = true;
    const event = eventOf('some.type', { id: 'x_3' });
    expect((await stripe.deliver(event)).status).toBe(200);
    expect(await stripe.row(event.id)).toMatchObject({ state: 'received' });
    api.clock.now += 61_000;
    await api.tick();
    expect(await stripe.row(event.id)).toMatchObject({ state: 'ignored', attempts: 1 });
  });

  it('answers 503 while D1 is away: Stripe sends it again', async () => {
    const event = eventOf('ping', {});
    const raw = JSON.stringify(event);
    const headers = { 'stripe-signature': signatureOf(raw, secondsOf(api.clock.now)) };
    const away = {
      prepare: () => {
        throw new Error('D1_ERROR: injected outage');
      },
    };
    const answer = await api.call('POST', '/api/webhooks/stripe', { raw, headers, bindings: { CONTROL: away } });
    expect(await codeOf(answer)).toEqual([503, 'unavailable']);
  });
});

describe('a renewal’s draft', () => {
  const renewal = (more = {}) => {
    const invoice = invoiceOf(cus, more);
    return { invoice, event: eventOf('invoice.created', invoice), hold: `POST /v1/invoices/${invoice.id}` };
  };
  const heldOf = (id: string) =>
    control.prepare('SELECT held_until FROM stripe_objects WHERE id = ?').bind(id).first<number>('held_until');

  it('is held before the answer, and said to go on by itself', async () => {
    const { invoice, event, hold } = renewal();
    stripe.answers.set(hold, invoice);
    expect((await stripe.deliver(event)).status).toBe(200);
    const [call] = stripe.calls;
    expect(call?.name).toBe(hold);
    expect(Object.fromEntries(call?.body ?? [])).toEqual({
      automatically_finalizes_at: String(1_780_000_000 + 6 * 3600),
      auto_advance: 'true',
    });
    expect(await heldOf(invoice.id)).toBe(startAt + 6 * hourMs);
  });

  it('is held as long as HOLD_HOURS says', async () => {
    const { invoice, event, hold } = renewal();
    stripe.answers.set(hold, invoice);
    const raw = JSON.stringify(event);
    const headers = { 'stripe-signature': signatureOf(raw, secondsOf(api.clock.now)) };
    await api.call('POST', '/api/webhooks/stripe', { raw, headers, bindings: { HOLD_HOURS: '48' } });
    expect(await heldOf(invoice.id)).toBe(startAt + 48 * hourMs);
  });

  it('is not answered well until it is held, the first time or any other', async () => {
    const { invoice, event, hold } = renewal();
    for (const failure of [stripeError(500, 'api_error'), stripeError(429, 'rate_limit'), stripeError(401, 'x')]) {
      stripe.answers.set(hold, failure);
      const answer = await stripe.deliver(event);
      expect(answer.headers.get('retry-after')).toBe('60');
      expect(await codeOf(answer)).toEqual([503, 'stripe_unavailable']);
    }
    stripe.answers.set(hold, () => {
      throw new TypeError('connection lost');
    });
    expect((await stripe.deliver(event)).status).toBe(503);
    stripe.answers.set(hold, invoice);
    expect(await bodyOf(await stripe.deliver(event))).toEqual({ status: 200, body: { received: true } });
    expect(await heldOf(invoice.id)).toBe(startAt + 6 * hourMs);
  });

  it('that is in the inbox without being held is held when the event comes again', async () => {
    const { invoice, event, hold } = renewal();
    stripe.answers.set(hold, invoice);
    await stripe.deliver(event);
    await control.prepare('UPDATE stripe_objects SET held_until = NULL WHERE id = ?').bind(invoice.id).run();
    stripe.answers.set(hold, stripeError(500, 'api_error'));
    expect((await stripe.deliver(event)).status).toBe(503);
    stripe.answers.set(hold, invoice);
    expect(await bodyOf(await stripe.deliver(event))).toEqual({
      status: 200,
      body: { received: true, duplicate: true },
    });
    expect(await heldOf(invoice.id)).toBe(startAt + 6 * hourMs);
  });

  it('is held once: what comes again calls nobody', async () => {
    const { invoice, event, hold } = renewal();
    stripe.answers.set(hold, invoice);
    await stripe.deliver(event);
    stripe.calls.length = 0;
    await stripe.deliver(event);
    expect(stripe.calls).toEqual([]);
  });

  it('of which we hear late has an hour at least', async () => {
    const { invoice, event, hold } = renewal();
    stripe.answers.set(hold, invoice);
    api.clock.now = startAt + 60 * hourMs;
    await stripe.deliver(event);
    expect(await heldOf(invoice.id)).toBe(startAt + 61 * hourMs);
  });

  it('that is final by now, or gone, is past holding, and that is no failure', async () => {
    for (const now of [{ status: 'open' }, { status: 'void' }, null]) {
      const { invoice, event, hold } = renewal();
      stripe.answers.set(hold, stripeError(400, 'invoice_not_editable'));
      if (now) stripe.answers.set(`GET /v1/invoices/${invoice.id}`, { ...invoice, ...now });
      expect((await stripe.deliver(event)).status).toBe(200);
      expect(await heldOf(invoice.id)).toBeNull();
    }
  });

  it('that is a draft and is refused all the same fails', async () => {
    const { invoice, event, hold } = renewal();
    stripe.answers.set(hold, stripeError(400, 'parameter_unknown'));
    stripe.answers.set(`GET /v1/invoices/${invoice.id}`, invoice);
    expect((await stripe.deliver(event)).status).toBe(503);
  });

  it('needs a key', async () => {
    const { event } = renewal();
    const raw = JSON.stringify(event);
    const headers = { 'stripe-signature': signatureOf(raw, secondsOf(api.clock.now)) };
    const bindings = { STRIPE_SECRET_KEY: undefined };
    const answer = await api.call('POST', '/api/webhooks/stripe', { raw, headers, bindings });
    expect(await codeOf(answer)).toEqual([503, 'stripe_unavailable']);
  });

  it('of somebody else’s customer in the account is theirs', async () => {
    const invoice = invoiceOf(stripeId('cus'));
    expect((await stripe.deliver(eventOf('invoice.created', invoice))).status).toBe(200);
    expect(stripe.calls).toEqual([]);
  });

  it.each(['subscription_create', 'subscription_update', 'manual'])('of %s is none', async (reason) => {
    const { event } = renewal({ billing_reason: reason });
    expect((await stripe.deliver(event)).status).toBe(200);
    expect(stripe.calls).toEqual([]);
  });

  it(`is held before the answer in every one of ${renewals} renewals, with 30 % of the calls failing`, {
    timeout: 3_600_000,
  }, async () => {
    let draw = 1;
    const fails = () => {
      draw = (draw * 48_271) % 2_147_483_647;
      return draw % 10 < 3;
    };
    let deliveries = 0;
    for (let n = 0; n < renewals; n++) {
      const { invoice, event, hold } = renewal();
      stripe.answers.set(hold, () => (fails() ? stripeError(n % 2 ? 500 : 429, 'x') : invoice));
      let answer: Response;
      do {
        answer = await stripe.deliver(event);
        deliveries += 1;
        if (answer.status === 200) expect(await heldOf(invoice.id)).toBe(startAt + 6 * hourMs);
        else expect(answer.status).toBe(503);
      } while (answer.status !== 200);
    }
    console.log(`${renewals} renewals, ${deliveries} deliveries, none answered well before its hold`);
    expect(deliveries).toBeGreaterThan(1.2 * renewals);
  });
});
