import { describe, expect, it } from 'vitest';
import { inboxOf, startAt } from '../../../harness/worker/inbox.ts';
import { eventOf, invoiceOf, type Json, stripeId } from '../../../harness/worker/stripe-events.ts';

const hourMs = 3_600_000;
const { stripe, control, known, happens, logged } = inboxOf(['outbox', 'notices']);

const rows = async (sql: string, ...bind: string[]) =>
  (
    await control
      .prepare(sql)
      .bind(...bind)
      .all<Record<string, unknown>>()
  ).results;

describe('an invoice', () => {
  it('is kept as Stripe has it now, not as the event had it', async () => {
    const invoice = invoiceOf(known.cus, { status: 'open', billing_reason: 'manual' });
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
    expect(kept).toMatchObject({ kind: 'invoice', customer_id: known.customerId, fetch_seq: 1, applied_seq: 1 });
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
    const invoice = invoiceOf(known.cus);
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
    const invoice = invoiceOf(known.cus);
    expect(await happens(eventOf('invoice.deleted', invoice))).toMatchObject({ state: 'processed' });
    expect(await rows('SELECT body FROM stripe_objects WHERE id = ?', invoice.id)).toEqual([{ body: null }]);
  });

  it('that cannot be finalised is told of', async () => {
    const invoice = invoiceOf(known.cus, {
      last_finalization_error: { type: 'invalid_request_error', code: 'tax_location' },
    });
    stripe.answers.set(`GET /v1/invoices/${invoice.id}`, { ...invoice, billing_reason: 'manual' });
    await happens(eventOf('invoice.finalization_failed', invoice));
    expect(logged('an invoice cannot be finalised')).toMatchObject([
      { level: 'error', fields: { customer_id: known.customerId, invoice: invoice.id, why: 'tax_location' } },
    ]);
  });
});

describe('a payment', () => {
  const owed = (more: Json = {}) =>
    invoiceOf(known.cus, { status: 'open', hosted_invoice_url: 'https://pay.example/2', attempt_count: 1, ...more });
  const told = () => rows('SELECT kind, about FROM notices WHERE customer_id = ? ORDER BY kind', known.customerId);
  const mails = () => rows("SELECT payload FROM outbox WHERE kind = 'notice'");

  it('that has failed, or that the bank wants confirmed, is told once an invoice', async () => {
    const invoice = owed();
    stripe.answers.set(`GET /v1/invoices/${invoice.id}`, invoice);
    for (const type of ['payment_failed', 'payment_failed', 'payment_action_required', 'finalized']) {
      await happens(eventOf(`invoice.${type}`, invoice));
    }
    expect(await told()).toEqual([
      { kind: 'payment_action_required', about: invoice.id },
      { kind: 'payment_failed', about: invoice.id },
    ]);
    const payloads = (await mails()).map(({ payload }) => JSON.parse(String(payload)) as Json);
    expect(payloads).toHaveLength(2);
    expect(payloads[0]).toMatchObject({ amount_cents: 2900, currency: 'usd', payment_url: 'https://pay.example/2' });
  });

  it('that has failed says until when the stack runs, where that is known', async () => {
    await control
      .prepare('UPDATE subscriptions SET grace_ends_at = 77 WHERE customer_id = ?')
      .bind(known.customerId)
      .run();
    const invoice = owed();
    stripe.answers.set(`GET /v1/invoices/${invoice.id}`, invoice);
    await happens(eventOf('invoice.payment_failed', invoice));
    await control.prepare('UPDATE subscriptions SET grace_ends_at = NULL').run();
    expect(JSON.parse(String((await mails())[0]?.['payload']))).toMatchObject({ grace_ends_at: 77 });
  });

  it.each([
    ['is paid by now', { status: 'paid' }],
    ['was given up', { status: 'uncollectible' }],
    ['a checkout waits for', { billing_reason: 'subscription_create' }],
    ['an upgrade waits for', { billing_reason: 'subscription_update' }],
  ])('that has failed of an invoice that %s is not told', async (_, more) => {
    const invoice = owed(more);
    stripe.answers.set(`GET /v1/invoices/${invoice.id}`, invoice);
    await happens(eventOf('invoice.payment_failed', invoice));
    expect(await told()).toEqual([]);
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
  const isSaid = (refunds: Json[], disputes: Json[], customer: string | null = known.cus) => {
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
        customer_id: known.customerId,
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
    stripe.answers.set(`GET /v1/customers/${known.cus}`, { id: known.cus, object: 'customer', deleted: true });
    const again = stripeId('cus');
    stripe.answers.set('POST /v1/customers', { id: again, object: 'customer' });
    for (const type of ['customer.deleted', 'customer.updated', 'customer.deleted']) {
      await happens(eventOf(type, { id: known.cus, object: 'customer' }));
    }
    expect(await rows('SELECT stripe_customer_id FROM customers WHERE id = ?', known.customerId)).toEqual([
      { stripe_customer_id: again },
    ]);
    expect(stripe.calls.filter(({ name }) => name === 'POST /v1/customers')).toHaveLength(1);
    expect(
      await rows(
        "SELECT details FROM audit_log WHERE action = 'stripe.customer_deleted' AND subject = ?",
        known.customerId,
      ),
    ).toEqual([{ details: JSON.stringify({ stripe_customer_id: known.cus }) }]);
  });

  it('who was changed there stays the same', async () => {
    stripe.answers.set(`GET /v1/customers/${known.cus}`, {
      id: known.cus,
      object: 'customer',
      email: 'a@b.test',
      name: 'A',
    });
    await happens(eventOf('customer.updated', { id: known.cus, object: 'customer' }));
    expect(await rows('SELECT stripe_customer_id v FROM customers WHERE id = ?', known.customerId)).toEqual([
      { v: known.cus },
    ]);
    expect(await rows('SELECT body FROM stripe_objects WHERE id = ?', known.cus)).toEqual([
      { body: JSON.stringify({ email: 'a@b.test', name: 'A', address: null }) },
    ]);
  });
});
