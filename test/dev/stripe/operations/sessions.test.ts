import { describe, expect, it } from 'vitest';
import { openWorld } from '../world.ts';

const base = {
  mode: 'subscription' as const,
  success_url: 'https://seller.example/done',
  cancel_url: 'https://seller.example/plans',
};

describe('a Checkout session', () => {
  it('takes an address and a tax ID where it may keep them with the customer, and is refused where it may not', async () => {
    const { stripe, customer, price, url } = await openWorld();
    const id = await customer(null);
    const given = { ...base, customer: id, line_items: [{ price: await price(10_000), quantity: 1 }] };
    const taxed = { automatic_tax: { enabled: true }, tax_id_collection: { enabled: true } };
    await expect(stripe.checkout.sessions.create({ ...given, ...taxed })).rejects.toMatchObject({
      param: 'automatic_tax',
    });
    const half = { ...taxed, customer_update: { address: 'auto' as const } };
    await expect(stripe.checkout.sessions.create({ ...given, ...half })).rejects.toMatchObject({
      param: 'tax_id_collection',
    });
    const session = await stripe.checkout.sessions.create({
      ...given,
      ...taxed,
      customer_update: { address: 'auto', name: 'auto' },
    });
    const form = { card: '4242424242424242', country: 'DE', tax_id_type: 'eu_vat', tax_id: 'nonsense' };
    const send = (more: object) =>
      fetch(`${url}/checkout/${session.id}`, {
        method: 'POST',
        body: new URLSearchParams({ ...form, ...more }),
        redirect: 'manual',
      });
    expect((await send({})).status).toBe(422);
    expect((await stripe.customers.retrieve(id)) as object).toMatchObject({ address: null });
    expect((await send({ tax_id: 'DE123456789' })).headers.get('location')).toBe('https://seller.example/done');
    expect((await stripe.customers.listTaxIds(id)).data).toMatchObject([{ value: 'DE123456789' }]);
    const done = await stripe.checkout.sessions.retrieve(session.id);
    expect(done).toMatchObject({ amount_total: 11_900, total_details: { amount_tax: 1900 }, payment_status: 'paid' });
  });

  it('names what it cannot sell: a price that is gone, a currency that the customer does not pay in', async () => {
    const { stripe, subscribe, price } = await openWorld();
    const { customer } = await subscribe();
    const create = (item: string) =>
      stripe.checkout.sessions.create({
        ...base,
        customer: String(customer),
        line_items: [{ price: item, quantity: 1 }],
      });
    await expect(create('price_gone')).rejects.toMatchObject({ code: 'resource_missing', param: 'line_items' });
    const old = await price(100);
    await stripe.prices.update(old, { active: false });
    await expect(create(old)).rejects.toMatchObject({ param: 'line_items' });
    const product = await stripe.products.create({ name: 'In euros' });
    const euros = { unit_amount: 100, currency: 'eur', recurring: { interval: 'month' as const } };
    const inEuros = await stripe.prices.create({ product: product.id, ...euros });
    await expect(create(inEuros.id)).rejects.toMatchObject({ param: 'customer' });
  });

  it('shows its lines, and is found by the subscription that it made', async () => {
    const { stripe, customer, price, door } = await openWorld();
    const session = await stripe.checkout.sessions.create({
      ...base,
      customer: await customer(null),
      line_items: [{ price: await price(2900), quantity: 2 }],
      client_reference_id: 'cust_1',
    });
    expect((await stripe.checkout.sessions.listLineItems(session.id)).data).toMatchObject([
      { quantity: 2, amount_total: 5800 },
    ]);
    await door(`checkout/${session.id}/complete`, { card: '4242424242424242' });
    const { subscription } = await stripe.checkout.sessions.retrieve(session.id);
    const { data } = await stripe.checkout.sessions.list({ subscription: String(subscription) });
    expect(data).toMatchObject([{ id: session.id, client_reference_id: 'cust_1' }]);
  });
});
