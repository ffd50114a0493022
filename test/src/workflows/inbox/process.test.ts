import { describe, expect, it } from 'vitest';
import { rootToken } from '../../../harness/worker/api.ts';
import { inboxOf, startAt } from '../../../harness/worker/inbox.ts';
import { eventOf, invoiceOf, knownAs, stripeError, stripeId } from '../../../harness/worker/stripe-events.ts';

const minuteMs = 60_000;
const hourMs = 60 * minuteMs;
const { api, stripe, control, known, happens, logged } = inboxOf(['outbox']);

describe('an event', () => {
  it('of a type that means nothing here is kept as ignored, with its customer', async () => {
    const row = await happens(eventOf('payment_method.attached', { id: 'pm_1', customer: known.cus }));
    expect(row).toMatchObject({ state: 'ignored', customer_id: known.customerId, attempts: 1, error_code: null });
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

    await knownAs(api, known.customerId, stranger);
    stripe.answers.set(`GET /v1/invoices/${invoice.id}`, invoice);
    const path = `/api/webhooks/events/${event.id}/replay`;
    expect((await api.call('POST', path, { token: rootToken, body: {} })).status).toBe(202);
    await stripe.consume();
    expect(await stripe.row(event.id)).toMatchObject({
      state: 'processed',
      customer_id: known.customerId,
      error_code: null,
    });
  });

  it('is theirs whose id of ours the object carries, when Stripe’s customer was made anew meanwhile', async () => {
    const invoice = invoiceOf(stripeId('cus'), {
      status: 'paid',
      parent: {
        type: 'subscription_details',
        subscription_details: { metadata: { tenantry_customer_id: known.customerId } },
      },
    });
    stripe.answers.set(`GET /v1/invoices/${invoice.id}`, invoice);
    expect(await happens(eventOf('invoice.paid', invoice))).toMatchObject({
      state: 'processed',
      customer_id: known.customerId,
    });
  });

  it('is processed once, however often its message comes', async () => {
    const event = eventOf('payment_method.attached', { id: 'pm_1', customer: known.cus });
    await happens(event);
    expect(await stripe.consume([event.id, event.id, 'evt_nobody'])).toEqual(['ack', 'ack', 'ack']);
    expect(await stripe.row(event.id)).toMatchObject({ attempts: 1 });
  });

  it('that is old sets nothing back, delivered anew, under another id, or by a person', async () => {
    const old = invoiceOf(known.cus, { status: 'open', billing_reason: 'manual' });
    const now = { ...old, status: 'paid', amount_paid: 2900 };
    stripe.answers.set(`GET /v1/invoices/${old.id}`, now);
    const event = eventOf('invoice.payment_failed', old);
    expect(await happens(event)).toMatchObject({ state: 'processed' });
    const kept = () =>
      control.prepare('SELECT body FROM stripe_objects WHERE id = ?').bind(old.id).first<string>('body');
    const before = await kept();
    expect(before).toContain('"status":"paid"');
    api.clock.now += 10 * 24 * hourMs;
    expect(await (await stripe.deliver(event)).json()).toEqual({ received: true, duplicate: true });
    expect(stripe.queued).toEqual([]);
    await happens({ ...event, id: stripeId('evt') });
    const path = `/api/webhooks/events/${event.id}/replay`;
    expect((await api.call('POST', path, { token: rootToken, body: {} })).status).toBe(409);
    expect(await kept()).toBe(before);
  });

  it('that fails is tried again with growing pauses, then is dead, and a person has it processed', async () => {
    const invoice = invoiceOf(known.cus, { status: 'open', billing_reason: 'manual' });
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
    const event = eventOf('payment_method.attached', { id: 'pm_1', customer: known.cus });
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
    await stripe.deliver(eventOf('payment_method.attached', { id: 'pm_1', customer: known.cus }));
    await control
      .prepare("UPDATE stripe_events SET state = 'failed', attempts = 1, next_at = ?")
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
    const event = eventOf('payment_method.attached', { id: 'pm_1', customer: known.cus });
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
