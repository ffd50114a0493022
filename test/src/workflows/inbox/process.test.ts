import { beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { ensureCluster, makeApi, rootToken, signUp } from '../../../harness/worker/api.ts';
import {
  eventOf,
  invoiceOf,
  type Json,
  knownAs,
  stripeError,
  stripeFor,
  stripeId,
} from '../../../harness/worker/stripe-events.ts';

const minuteMs = 60_000;
const hourMs = 60 * minuteMs;
const startAt = 1_780_000_000_000;
const api = makeApi(startAt);
const stripe = stripeFor(api);
const control = api.bindings['CONTROL'] as D1Database;
let customerId = '';
let cus = '';

beforeAll(async () => {
  await ensureCluster(api);
  customerId = (await signUp(api)).customer.customer_id;
});
beforeEach(async () => {
  api.clock.now = startAt;
  api.logs.length = 0;
  stripe.answers.clear();
  stripe.calls.length = 0;
  stripe.queued.length = 0;
  await control.batch([control.prepare('DELETE FROM stripe_events'), control.prepare('DELETE FROM outbox')]);
  cus = await knownAs(api, customerId);
});

const rows = async (sql: string, ...bind: string[]) =>
  (
    await control
      .prepare(sql)
      .bind(...bind)
      .all<Record<string, unknown>>()
  ).results;
const logged = (message: string) => api.logs.filter((line) => line.message === message);

/** Sends an event and has it processed; its row. */
async function happens(event: Json & { id: string }) {
  expect((await stripe.deliver(event)).status).toBe(200);
  expect(await stripe.consume()).toEqual(['ack']);
  return await stripe.row(event.id);
}

describe('an event', () => {
  it('of a type that means nothing here is kept as ignored, with its customer', async () => {
    const row = await happens(eventOf('payment_method.attached', { id: 'pm_1', customer: cus }));
    expect(row).toMatchObject({ state: 'ignored', customer_id: customerId, attempts: 1, error_code: null });
    expect(stripe.calls).toEqual([]);
  });

  it('about somebody whom we do not know is kept, alerted, and processed by a replay once they are known', async () => {
    const stranger = stripeId('cus');
    const invoice = invoiceOf(stranger, { status: 'paid', billing_reason: 'manual' });
    const event = eventOf('invoice.paid', invoice);
    expect(await happens(event)).toMatchObject({ state: 'ignored', customer_id: null, error_code: 'unknown_customer' });
    expect(stripe.calls).toEqual([]);
    const alert = logged('an event of Stripe is about a customer whom we do not know');
    expect(alert).toMatchObject([{ level: 'error', fields: { event_id: event.id, object_id: invoice.id } }]);

    await knownAs(api, customerId, stranger);
    stripe.answers.set(`GET /v1/invoices/${invoice.id}`, invoice);
    const path = `/api/webhooks/events/${event.id}/replay`;
    expect((await api.call('POST', path, { token: rootToken, body: {} })).status).toBe(202);
    await stripe.consume();
    expect(await stripe.row(event.id)).toMatchObject({ state: 'processed', customer_id: customerId, error_code: null });
  });

  it('is theirs whose id of ours the object carries, when Stripe’s customer was made anew meanwhile', async () => {
    const invoice = invoiceOf(stripeId('cus'), {
      status: 'paid',
      parent: {
        type: 'subscription_details',
        subscription_details: { metadata: { tenantry_customer_id: customerId } },
      },
    });
    stripe.answers.set(`GET /v1/invoices/${invoice.id}`, invoice);
    expect(await happens(eventOf('invoice.paid', invoice))).toMatchObject({
      state: 'processed',
      customer_id: customerId,
    });
  });

  it('is processed once, however often its message comes', async () => {
    const event = eventOf('payment_method.attached', { id: 'pm_1', customer: cus });
    await happens(event);
    expect(await stripe.consume([event.id, event.id, 'evt_nobody'])).toEqual(['ack', 'ack', 'ack']);
    expect(await stripe.row(event.id)).toMatchObject({ attempts: 1 });
  });

  it('that fails is tried again with growing pauses, then is dead, and a person has it processed', async () => {
    const invoice = invoiceOf(cus, { status: 'open', billing_reason: 'manual' });
    const path = `GET /v1/invoices/${invoice.id}`;
    stripe.answers.set(path, () => stripeError(403, 'key_expired'));
    const event = eventOf('invoice.finalized', invoice);
    let row = await happens(event);
    expect(row).toMatchObject({ state: 'failed', attempts: 1, error_code: 'key_expired' });
    const pauses: number[] = [];
    while (row?.['state'] === 'failed') {
      const due = Number(row['next_at']);
      pauses.push(due - api.clock.now);
      api.clock.now = due - 1;
      expect(await stripe.row(event.id)).toMatchObject({ attempts: row['attempts'] });
      api.clock.now = due;
      await api.tick();
      row = await stripe.row(event.id);
    }
    expect(row).toMatchObject({ state: 'dead', attempts: 20 });
    expect(pauses.slice(0, 3).every((ms, n) => ms >= 12_000 * 2 ** n && ms <= 15_000 * 2 ** n)).toBe(true);
    expect(Math.max(...pauses)).toBeLessThanOrEqual(hourMs);
    expect(pauses.reduce((sum, ms) => sum + ms, 0)).toBeGreaterThan(8 * hourMs);
    expect(logged('an event of Stripe is given up')).toHaveLength(1);

    stripe.answers.set(path, invoice);
    await api.tick();
    expect(await stripe.row(event.id)).toMatchObject({ state: 'dead' });
    const replay = `/api/webhooks/events/${event.id}/replay`;
    expect((await api.call('POST', replay, { token: rootToken, body: {} })).status).toBe(202);
    await stripe.consume();
    expect(await stripe.row(event.id)).toMatchObject({ state: 'processed', attempts: 1, error_code: null });
    const again = await api.call('POST', replay, { token: rootToken, body: {} });
    expect([again.status, ((await again.json()) as { code: string }).code]).toEqual([409, 'event_not_replayable']);
  });

  it('whose handler was killed is taken up when its claim has run out', async () => {
    const event = eventOf('payment_method.attached', { id: 'pm_1', customer: cus });
    await stripe.deliver(event);
    await control
      .prepare('UPDATE stripe_events SET claimed_until = ?, attempts = 1')
      .bind(startAt + 2 * minuteMs)
      .run();
    expect(await stripe.consume()).toEqual(['ack']);
    expect(await stripe.row(event.id)).toMatchObject({ state: 'received' });
    api.clock.now += 2 * minuteMs;
    await api.tick();
    expect(await stripe.row(event.id)).toMatchObject({ state: 'ignored', attempts: 2 });
  });

  it('is told of when it waits for long', async () => {
    await stripe.deliver(eventOf('payment_method.attached', { id: 'pm_1', customer: cus }));
    await control
      .prepare("UPDATE stripe_events SET state = 'failed', next_at = ?")
      .bind(startAt + hourMs)
      .run();
    api.clock.now += 15 * minuteMs;
    await api.tick();
    expect(logged('events of Stripe wait for long')).toEqual([]);
    api.clock.now += minuteMs;
    await api.tick();
    expect(logged('events of Stripe wait for long')).toMatchObject([
      { level: 'error', fields: { waiting: 1, dead: 0, oldest_seconds: 16 * 60 } },
    ]);
  });

  it('goes back to the queue while D1 is away, and nothing is lost', async () => {
    const event = eventOf('payment_method.attached', { id: 'pm_1', customer: cus });
    await stripe.deliver(event);
    const away = {
      prepare: () => {
        throw new Error('D1_ERROR: injected outage');
      },
    };
    expect(await stripe.consume([event.id], { CONTROL: away })).toEqual(['retry']);
    expect(await stripe.consume()).toEqual(['ack']);
    expect(await stripe.row(event.id)).toMatchObject({ state: 'ignored' });
  });
});

describe('an invoice', () => {
  it('is kept as Stripe has it now, not as the event had it', async () => {
    const invoice = invoiceOf(cus, { status: 'open', billing_reason: 'manual' });
    const now = {
      ...invoice,
      status: 'paid',
      amount_paid: 2900,
      hosted_invoice_url: 'https://pay.example/1',
      number: 'A-1',
    };
    stripe.answers.set(`GET /v1/invoices/${invoice.id}`, now);
    expect(await happens(eventOf('invoice.payment_failed', invoice))).toMatchObject({
      state: 'processed',
      fetch_seq: 1,
    });
    const [kept] = await rows('SELECT * FROM stripe_objects WHERE id = ?', invoice.id);
    expect(kept).toMatchObject({ kind: 'invoice', customer_id: customerId, fetch_seq: 1, applied_seq: 1 });
    expect(JSON.parse(String(kept?.['body']))).toMatchObject({
      status: 'paid',
      totalCents: 2900,
      amountPaidCents: 2900,
      number: 'A-1',
      hostedUrl: 'https://pay.example/1',
      periodStart: startAt,
    });
  });

  it('that is a renewal’s draft is held here, when its event came by another way than a webhook', async () => {
    const invoice = invoiceOf(cus);
    const event = eventOf('invoice.created', invoice);
    stripe.answers.set(`POST /v1/invoices/${invoice.id}`, invoice);
    await stripe.deliver(event);
    await control.prepare('UPDATE stripe_objects SET held_until = NULL WHERE id = ?').bind(invoice.id).run();
    stripe.answers.set(`GET /v1/invoices/${invoice.id}`, invoice);
    stripe.calls.length = 0;
    await stripe.consume();
    expect(stripe.calls.map(({ name }) => name)).toContain(`POST /v1/invoices/${invoice.id}`);
    const [kept] = await rows('SELECT held_until FROM stripe_objects WHERE id = ?', invoice.id);
    expect(kept).toEqual({ held_until: startAt + 6 * hourMs });
  });

  it('that was deleted at Stripe is processed: there is nothing to keep', async () => {
    const invoice = invoiceOf(cus);
    expect(await happens(eventOf('invoice.deleted', invoice))).toMatchObject({ state: 'processed' });
    expect(await rows('SELECT body FROM stripe_objects WHERE id = ?', invoice.id)).toEqual([{ body: null }]);
  });

  it('that cannot be finalised is told of', async () => {
    const invoice = invoiceOf(cus, {
      last_finalization_error: { type: 'invalid_request_error', code: 'tax_location' },
    });
    stripe.answers.set(`GET /v1/invoices/${invoice.id}`, { ...invoice, billing_reason: 'manual' });
    await happens(eventOf('invoice.finalization_failed', invoice));
    expect(logged('an invoice cannot be finalised')).toMatchObject([
      { level: 'error', fields: { customer_id: customerId, invoice: invoice.id, why: 'tax_location' } },
    ]);
  });
});

describe('money that goes back', () => {
  const list = (data: Json[]) => ({ object: 'list', data, has_more: false, url: '/v1/x' });
  const refund = (more: Json = {}) => ({
    id: 're_1',
    object: 'refund',
    charge: 'ch_1',
    amount: 1000,
    currency: 'usd',
    status: 'succeeded',
    reason: 'requested_by_customer',
    created: 1_780_000_000,
    ...more,
  });
  const dispute = (more: Json = {}) => ({
    id: 'du_1',
    object: 'dispute',
    charge: 'ch_1',
    amount: 2900,
    currency: 'usd',
    status: 'needs_response',
    reason: 'fraudulent',
    created: 1_780_000_000,
    ...more,
  });
  const isSaid = (refunds: Json[], disputes: Json[], customer: string | null = cus) => {
    const charge = { id: 'ch_1', object: 'charge', customer, amount: 2900, currency: 'usd', status: 'succeeded' };
    stripe.answers.set('GET /v1/charges/ch_1', { ...charge, amount_refunded: 1000, metadata: {} });
    stripe.answers.set('GET /v1/refunds', list(refunds));
    stripe.answers.set('GET /v1/disputes', list(disputes));
    return charge;
  };
  const kept = () =>
    rows('SELECT id, kind, customer_id, amount_cents, status, reason FROM payment_reversals ORDER BY id');
  const audited = () =>
    rows(
      "SELECT action, json_extract(details, '$.status') status FROM audit_log WHERE action LIKE 'payment.%' ORDER BY rowid",
    );

  it('is recorded once, each change with a row of the log, whichever event tells of it', async () => {
    const charge = isSaid([refund()], []);
    await happens(eventOf('charge.refunded', charge));
    await happens(eventOf('refund.created', refund()));
    expect(await kept()).toEqual([
      {
        id: 're_1',
        kind: 'refund',
        customer_id: customerId,
        amount_cents: 1000,
        status: 'succeeded',
        reason: 'requested_by_customer',
      },
    ]);
    expect(await audited()).toEqual([{ action: 'payment.refund', status: 'succeeded' }]);

    isSaid([refund({ status: 'failed', failure_reason: 'expired_or_canceled_card' })], [dispute()]);
    await happens(eventOf('charge.dispute.created', dispute()));
    await happens(eventOf('refund.failed', refund()));
    isSaid([refund({ status: 'failed', failure_reason: 'expired_or_canceled_card' })], [dispute({ status: 'lost' })]);
    await happens(eventOf('charge.dispute.closed', dispute({ status: 'lost' })));
    expect(await kept()).toMatchObject([
      { id: 'du_1', kind: 'dispute', amount_cents: 2900, status: 'lost', reason: 'fraudulent' },
      { id: 're_1', status: 'failed', reason: 'expired_or_canceled_card' },
    ]);
    expect(await audited()).toEqual([
      { action: 'payment.refund', status: 'succeeded' },
      { action: 'payment.refund', status: 'failed' },
      { action: 'payment.dispute', status: 'needs_response' },
      { action: 'payment.dispute', status: 'lost' },
    ]);
  });

  it('of somebody whom we do not know is not recorded, and told of', async () => {
    isSaid([refund()], [], stripeId('cus'));
    expect(await happens(eventOf('refund.created', refund()))).toMatchObject({ error_code: 'unknown_customer' });
  });
});

describe('a customer', () => {
  it('who was deleted at Stripe is made anew, once', async () => {
    stripe.answers.set(`GET /v1/customers/${cus}`, { id: cus, object: 'customer', deleted: true });
    const again = stripeId('cus');
    stripe.answers.set('POST /v1/customers', { id: again, object: 'customer' });
    for (const type of ['customer.deleted', 'customer.updated', 'customer.deleted']) {
      await happens(eventOf(type, { id: cus, object: 'customer' }));
    }
    expect(await rows('SELECT stripe_customer_id FROM customers WHERE id = ?', customerId)).toEqual([
      { stripe_customer_id: again },
    ]);
    expect(stripe.calls.filter(({ name }) => name === 'POST /v1/customers')).toHaveLength(1);
    expect(
      await rows("SELECT details FROM audit_log WHERE action = 'stripe.customer_deleted' AND subject = ?", customerId),
    ).toEqual([{ details: JSON.stringify({ stripe_customer_id: cus }) }]);
  });

  it('who was changed there stays the same', async () => {
    stripe.answers.set(`GET /v1/customers/${cus}`, { id: cus, object: 'customer', email: 'a@b.test', name: 'A' });
    await happens(eventOf('customer.updated', { id: cus, object: 'customer' }));
    expect(await rows('SELECT stripe_customer_id v FROM customers WHERE id = ?', customerId)).toEqual([{ v: cus }]);
    expect(await rows('SELECT body FROM stripe_objects WHERE id = ?', cus)).toEqual([
      { body: JSON.stringify({ email: 'a@b.test', name: 'A' }) },
    ]);
  });
});
