import { describe, expect, it } from 'vitest';
import { openWorld } from '../world.ts';

describe('events', () => {
  it('are listed for 30 days, by type and by page', async () => {
    const { stripe, subscribe, advance } = await openWorld();
    await subscribe();
    const [first, ...others] = (await stripe.events.list({ limit: 100 })).data;
    const before = await stripe.events.list({ ending_before: others.at(-1)?.id ?? '', limit: 2 });
    expect(before.data.map(({ id }) => id)).toEqual(others.slice(-3, -1).map(({ id }) => id));
    expect((await stripe.events.list({ types: ['invoice.paid', 'charge.succeeded'] })).data).toHaveLength(2);
    expect(await stripe.events.retrieve(first?.id ?? '')).toMatchObject({
      api_version: '2026-10-28.endive',
      pending_webhooks: 0,
    });
    await advance(30);
    expect(await stripe.events.retrieve(first?.id ?? '')).toMatchObject({ id: first?.id });
    await advance(0, 1);
    expect((await stripe.events.list({ types: ['charge.succeeded'] })).data).toEqual([]);
    await expect(stripe.events.retrieve(first?.id ?? '')).rejects.toMatchObject({ statusCode: 404 });
  });

  it('say what changed, as it was', async () => {
    const { stripe, subscribe } = await openWorld();
    const { id } = await subscribe();
    await stripe.subscriptions.update(id, { metadata: { plan: 'starter' }, cancel_at_period_end: true });
    const [event] = (await stripe.events.list({ type: 'customer.subscription.updated', limit: 1 })).data;
    expect(event?.data.previous_attributes).toEqual({
      cancel_at: null,
      cancel_at_period_end: false,
      canceled_at: null,
      metadata: {},
    });
  });
});

describe('expanding', () => {
  it('puts objects in the place of ids, and lists where there was nothing', async () => {
    const { stripe, subscribe } = await openWorld();
    const { id } = await subscribe();
    const expand = ['customer', 'latest_invoice.payments.data.payment.payment_intent'];
    const shown = await stripe.subscriptions.retrieve(id, { expand });
    expect(shown).toMatchObject({
      customer: { object: 'customer' },
      latest_invoice: { payments: { data: [{ payment: { payment_intent: { status: 'succeeded' } } }] } },
    });
    const { data } = await stripe.subscriptions.list({ expand: ['data.latest_invoice'] });
    expect(data).toMatchObject([{ latest_invoice: { object: 'invoice' } }]);
    await expect(stripe.subscriptions.retrieve(id, { expand: ['status'] })).rejects.toMatchObject({ statusCode: 400 });
  });
});

describe('the catalogue', () => {
  it('has a lookup key once, moves it where that is said, and keeps what was sold', async () => {
    const { stripe } = await openWorld();
    const product = await stripe.products.create({
      id: 'tenantry_starter',
      name: 'Starter',
      metadata: { plan: 'starter' },
    });
    await expect(stripe.products.create({ id: product.id, name: 'Twin' })).rejects.toMatchObject({
      code: 'resource_already_exists',
    });
    const recurring = { interval: 'month' as const };
    const given = { product: product.id, currency: 'usd', recurring, lookup_key: 'starter_month' };
    const old = await stripe.prices.create({ ...given, unit_amount: 2900 });
    await expect(stripe.prices.create({ ...given, unit_amount: 3900 })).rejects.toMatchObject({ param: 'lookup_key' });
    const better = await stripe.prices.create({ ...given, unit_amount: 3900, transfer_lookup_key: true });
    const { data } = await stripe.prices.list({ lookup_keys: ['starter_month'] });
    expect(data.map(({ id }) => id)).toEqual([better.id]);
    expect(await stripe.prices.update(old.id, { active: false })).toMatchObject({ active: false, lookup_key: null });
    await expect(stripe.products.del(product.id)).rejects.toMatchObject({ statusCode: 400 });
  });
});

describe('meters', () => {
  it('count whole numbers of the last 35 days, each identifier once a day, and a metered price bills them', async () => {
    const { stripe, customer, now, advance, advanceTo, invoices, clock } = await openWorld();
    const meter = await stripe.billing.meters.create({
      display_name: 'Overage',
      event_name: 'tenantry_overage_cents',
      default_aggregation: { formula: 'sum' },
    });
    const product = await stripe.products.create({ name: 'Overage' });
    const price = await stripe.prices.create({
      product: product.id,
      currency: 'usd',
      unit_amount: 1,
      recurring: { interval: 'month', usage_type: 'metered', meter: meter.id },
    });
    const id = await customer();
    const { id: subscription } = await stripe.subscriptions.create({ customer: id, items: [{ price: price.id }] });
    const send = (value: string, more: object = {}) =>
      stripe.billing.meterEvents.create({
        event_name: 'tenantry_overage_cents',
        payload: { stripe_customer_id: id, value },
        ...more,
      });
    await advance(1);
    await send('1234', { identifier: 'per_1' });
    await expect(send('1234', { identifier: 'per_1' })).rejects.toThrow('already exists');
    await expect(send('12.5')).rejects.toMatchObject({ code: 'meter_event_invalid_value' });
    await expect(send('1', { timestamp: now() - 36 * 86_400 })).rejects.toMatchObject({
      code: 'timestamp_too_far_in_past',
    });
    await expect(send('1', { timestamp: now() + 600 })).rejects.toMatchObject({ code: 'timestamp_in_future' });
    await advance(1);
    await send('66', { identifier: 'per_1', timestamp: now() });
    const day = Math.floor(clock.now / 86_400_000) * 86_400;
    const summaries = await stripe.billing.meters.listEventSummaries(meter.id, {
      customer: id,
      start_time: day - 10 * 86_400,
      end_time: day + 86_400,
    });
    expect(summaries.data).toMatchObject([{ aggregated_value: 1300 }]);
    await advanceTo(Date.parse('2026-02-15T11:00:00Z'));
    expect((await invoices(subscription))[0]).toMatchObject({ total: 1300, status: 'paid' });
    expect((await stripe.billing.meters.deactivate(meter.id)).status).toBe('inactive');
    await expect(send('1')).rejects.toMatchObject({ statusCode: 400 });
  });
});

describe('tax ids and the portal', () => {
  it('are of the customer: a wrong number is refused, and the portal has an address of its own', async () => {
    const { stripe, customer, url } = await openWorld();
    const id = await customer();
    await expect(stripe.customers.createTaxId(id, { type: 'eu_vat', value: '123' })).rejects.toMatchObject({
      code: 'tax_id_invalid',
    });
    const taxId = await stripe.customers.createTaxId(id, { type: 'eu_vat', value: 'DE123456789' });
    expect(taxId).toMatchObject({ country: 'DE', verification: { status: 'pending' } });
    expect((await stripe.customers.listTaxIds(id)).data).toHaveLength(1);
    await stripe.customers.deleteTaxId(id, taxId.id);
    expect((await stripe.customers.listTaxIds(id)).data).toEqual([]);
    const configuration = await stripe.billingPortal.configurations.create({
      features: { customer_update: { enabled: true, allowed_updates: ['address', 'tax_id'] } },
    });
    const session = await stripe.billingPortal.sessions.create({
      customer: id,
      configuration: configuration.id,
      return_url: 'https://seller.example/account',
    });
    expect(session).toMatchObject({ url: `${url}/portal/${session.id}`, return_url: 'https://seller.example/account' });
    expect(configuration.features.customer_update.allowed_updates).not.toContain('email');
  });
});
