import { describe, expect, it } from 'vitest';
import { openWorld } from '../world.ts';

const daySeconds = 86_400;

describe('a preview', () => {
  it('leaves nothing behind, and of a renewal shows what it will be', async () => {
    const { stripe, subscribe, price, invoices, advance, eventsOf, subscription } = await openWorld();
    const { id, items } = await subscribe();
    await advance(5);
    const before = [await subscription(id), await invoices(id), await eventsOf(id)];
    const better = { items: [{ id: items.data[0]?.id ?? '', price: await price(9900) }] };
    const renewal = await stripe.invoices.createPreview({ subscription: id });
    expect(renewal).toMatchObject({ total: 2900, period_end: items.data[0]?.current_period_end });
    const later = await stripe.invoices.createPreview({
      subscription: id,
      subscription_details: { ...better, proration_behavior: 'create_prorations' },
    });
    expect(later.lines.data.map(({ amount }) => amount)).toEqual([
      -Math.round((2900 * 26) / 31),
      Math.round((9900 * 26) / 31),
      9900,
    ]);
    expect([await subscription(id), await invoices(id), await eventsOf(id)]).toEqual(before);
  });

  it('is of a moment in the period only', async () => {
    const { stripe, subscribe, now } = await openWorld();
    const { id, items } = await subscribe();
    const late = stripe.invoices.createPreview({
      subscription: id,
      subscription_details: {
        items: [{ id: items.data[0]?.id ?? '', quantity: 2 }],
        proration_date: now() + 40 * daySeconds,
      },
    });
    await expect(late).rejects.toMatchObject({ param: 'proration_date' });
  });
});

describe('a subscription that is canceled at once', () => {
  it('gives the rest back and sends a last invoice where that is said', async () => {
    const { stripe, subscribe, invoices, advance, customer } = await openWorld();
    const { id } = await subscribe({ cents: 3100, customer: await customer() });
    await advance(21);
    const ended = await stripe.subscriptions.cancel(id, { prorate: true, invoice_now: true });
    expect((await invoices(id))[0]).toMatchObject({ id: ended.latest_invoice, total: -1000, status: 'paid' });
    expect(await stripe.customers.retrieve(String(ended.customer))).toMatchObject({ balance: -1000 });
  });

  it('leaves no proration that would come on another invoice', async () => {
    const { stripe, subscribe, advance } = await openWorld();
    const { id, items, customer } = await subscribe();
    await advance(5);
    await stripe.subscriptions.update(id, { items: [{ id: items.data[0]?.id ?? '', quantity: 2 }] });
    const pending = () => stripe.invoiceItems.list({ customer: String(customer), pending: true });
    expect((await pending()).data).toHaveLength(2);
    await stripe.subscriptions.cancel(id);
    expect((await pending()).data).toEqual([]);
  });
});

describe('discounts', () => {
  it('are of what may be discounted: our own lines are not', async () => {
    const { stripe, subscribe, invoices, advance } = await openWorld();
    const coupon = await stripe.coupons.create({ percent_off: 25, duration: 'forever' });
    const { id } = await subscribe({ discounts: [{ coupon: coupon.id }] });
    expect((await invoices(id))[0]).toMatchObject({ subtotal: 2900, total: 2175 });
    await advance(31);
    const [draft] = await invoices(id);
    const lines = [{ amount: 1000, description: 'CPU', discountable: false }];
    const held = await stripe.invoices.addLines(draft?.id ?? '', { lines });
    expect(held).toMatchObject({ subtotal: 3900, total: 3900 - 725 });
    expect(held.lines.data.map(({ discount_amounts: amounts }) => amounts?.[0]?.amount ?? 0)).toEqual([725, 0]);
  });

  it('end: a code that is used up, over, or for a first purchase, is refused', async () => {
    const { stripe, subscribe, customer, now } = await openWorld();
    const coupon = await stripe.coupons.create({ amount_off: 500, currency: 'usd', duration: 'once' });
    const code = (more: object) =>
      stripe.promotionCodes.create({ promotion: { type: 'coupon', coupon: coupon.id }, ...more });
    const once = await code({ max_redemptions: 1 });
    const over = await code({ expires_at: now() - 1 });
    const first = await code({ restrictions: { first_time_transaction: true } });
    const id = await customer();
    await subscribe({ customer: id, discounts: [{ promotion_code: once.id }] });
    for (const { id: promotion_code } of [once, over, first]) {
      const again = subscribe({ customer: id, discounts: [{ promotion_code }] });
      await expect(again).rejects.toMatchObject({ code: 'promotion_code_invalid' });
    }
  });
});

describe('a trial', () => {
  it('of less than three days is told of at once', async () => {
    const { subscribe, eventsOf, now } = await openWorld();
    const { id } = await subscribe({ trial_end: now() + 2 * daySeconds });
    expect(await eventsOf(id)).toEqual(['customer.subscription.created', 'customer.subscription.trial_will_end']);
  });
});

describe('a month', () => {
  it('ends on the last day where the anchor’s day is lacking, and the anchor is remembered', async () => {
    const { subscribe, subscription, advanceTo } = await openWorld('2026-01-31T10:00:00Z');
    const { id } = await subscribe();
    const ends: string[] = [];
    for (let month = 0; month < 4; month++) {
      const end = (await subscription(id)).items.data[0]?.current_period_end ?? 0;
      ends.push(new Date(end * 1000).toISOString().slice(0, 10));
      await advanceTo(end * 1000);
    }
    expect(ends).toEqual(['2026-02-28', '2026-03-31', '2026-04-30', '2026-05-31']);
  });
});

describe('a customer', () => {
  it('has one currency, and its deletion ends its subscriptions', async () => {
    const { stripe, subscribe, subscription } = await openWorld();
    const { id, customer } = await subscribe();
    const product = await stripe.products.create({ name: 'In euros' });
    const euros = { unit_amount: 100, currency: 'eur', recurring: { interval: 'month' as const } };
    const price = await stripe.prices.create({ product: product.id, ...euros });
    const other = stripe.subscriptions.create({ customer: String(customer), items: [{ price: price.id }] });
    await expect(other).rejects.toThrow('currencies');
    expect(await stripe.customers.del(String(customer))).toMatchObject({ deleted: true });
    expect(await subscription(id)).toMatchObject({ status: 'canceled' });
    expect(await stripe.customers.retrieve(String(customer))).toMatchObject({ deleted: true });
    await expect(subscribe({ customer: String(customer) })).rejects.toMatchObject({ code: 'resource_missing' });
    expect((await stripe.customers.list({ email: 'a@b.example' })).data).toEqual([]);
  });
});
