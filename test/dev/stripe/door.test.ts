import type Stripe from 'stripe';
import { describe, expect, it, onTestFinished } from 'vitest';
import { makeCustomer, makePrices, periodEnd } from '../../../bench/support/stripe/cast.ts';
import { openStandInSide } from '../../../bench/support/stripe/sides.ts';

const dayS = 86_400;

async function open() {
  const side = await openStandInSide();
  onTestFinished(side.close);
  const clock = await side.openClock();
  const scene = { stripe: side.stripe, clock, unique: (name: string) => name, tell: () => {} };
  const door = async (method: string, path: string, body?: object) => {
    const response = await fetch(`${side.url}/_stand-in/${path}`, {
      method,
      headers: { authorization: `Bearer ${side.key}` },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    return { status: response.status, body: (await response.json()) as Record<string, unknown> };
  };
  const prices = await makePrices(scene);
  return { stripe: side.stripe, clock, scene, door, prices };
}
const newestEvent = async (stripe: Stripe) => (await stripe.events.list({ limit: 1 })).data[0];

describe('through the control door', () => {
  it('an event that nothing made happen is about the newest of its kind, or what is named', async () => {
    const { stripe, scene, door, prices } = await open();
    expect((await door('POST', 'events', { type: 'customer.subscription.deleted' })).status).toBe(404);
    const customer = await makeCustomer(scene);
    const subscription = await stripe.subscriptions.create({ customer, items: [{ price: prices.starter }] });
    await door('POST', 'events', { type: 'customer.subscription.deleted' });
    expect(await newestEvent(stripe)).toMatchObject({
      type: 'customer.subscription.deleted',
      data: { object: { id: subscription.id } },
    });
    await door('POST', 'events', { type: 'something.new', object_id: customer });
    expect(await newestEvent(stripe)).toMatchObject({ type: 'something.new', data: { object: { id: customer } } });
    expect((await door('POST', 'events', { type: 'something.new' })).status).toBe(422);
    expect((await door('POST', 'events', { type: 'customer.created', object_id: 'cus_none' })).status).toBe(404);
    expect((await stripe.subscriptions.retrieve(subscription.id)).status).toBe('active');
  });

  it('all objects of a kind are seen, a kind that is none is refused', async () => {
    const { scene, door } = await open();
    const ids = [await makeCustomer(scene, null), await makeCustomer(scene, null)];
    const { data } = (await door('GET', 'objects/customer')).body as { data: { id: string; object: string }[] };
    expect(data.map(({ id }) => id).toSorted()).toEqual(ids.toSorted());
    expect((await door('GET', 'objects/constructor')).status).toBe(404);
  });

  it('a card by number or name pays from then on; one that is declined stays out', async () => {
    const { stripe, scene, door } = await open();
    const customer = await makeCustomer(scene, null);
    expect((await door('POST', `customers/${customer}/cards`, { card: '4000 0000 0000 0002' })).status).toBe(402);
    expect((await door('POST', `customers/${customer}/cards`, { card: '4111111111111111' })).status).toBe(400);
    expect((await stripe.paymentMethods.list({ customer })).data).toEqual([]);
    const { body } = await door('POST', `customers/${customer}/cards`, { card: '4242 4242 4242 4242' });
    expect(await stripe.customers.retrieve(customer)).toMatchObject({
      invoice_settings: { default_payment_method: body['id'] },
    });
  });

  it('Checkout is completed without its page; who says no to the bank has bought nothing', async () => {
    const { stripe, scene, door, prices } = await open();
    const begin = async () => {
      const session = await stripe.checkout.sessions.create({
        mode: 'subscription',
        customer: await makeCustomer(scene, null),
        line_items: [{ price: prices.starter, quantity: 1 }],
        success_url: 'https://seller.example/',
      });
      return `checkout/${session.id}/complete`;
    };
    expect((await door('POST', await begin(), { card: '4242424242424242' })).body).toMatchObject({
      status: 'complete',
    });
    const asked = { card: '4000002760003184', authenticates: false };
    expect((await door('POST', await begin(), asked)).body).toMatchObject({ status: 'open', subscription: null });
    expect((await door('POST', await begin(), { card: '4000000000000341' })).status).toBe(402);
    expect((await door('POST', await begin(), { card: '4242424242424242', promotion_code: 'NONE' })).status).toBe(404);
  });

  it.each([
    ['past_due', 'past_due'],
    ['unpaid', 'unpaid'],
    ['cancel', 'canceled'],
  ])('an account set to %s leaves a subscription %s when the last retry has failed', async (setting, status) => {
    const { stripe, clock, scene, door, prices } = await open();
    expect((await door('POST', 'settings', { after_retries: setting })).status).toBe(200);
    const customer = await makeCustomer(scene);
    const subscription = await stripe.subscriptions.create({ customer, items: [{ price: prices.starter }] });
    await door('POST', `customers/${customer}/cards`, { card: 'pm_card_chargeCustomerFail' });
    await clock.to(periodEnd(subscription) + 9 * dayS);
    expect((await stripe.subscriptions.retrieve(subscription.id)).status).toBe(status);
  });

  it('money goes back and comes again, and a dispute is lost', async () => {
    const { stripe, scene, door, prices } = await open();
    const customer = await makeCustomer(scene);
    await stripe.subscriptions.create({ customer, items: [{ price: prices.starter }] });
    const [charge] = (await stripe.charges.list({ customer })).data;
    const id = charge?.id ?? '';
    const refund = await door('POST', `charges/${id}/refund`, { amount: 900 });
    expect(await stripe.charges.retrieve(id)).toMatchObject({ amount_refunded: 900, refunded: false });
    expect((await door('POST', `charges/${id}/refund`, { amount: 9000 })).status).toBe(400);
    await door('POST', `refunds/${String(refund.body['id'])}/fail`);
    expect(await newestEvent(stripe)).toMatchObject({
      type: expect.stringMatching(/^(refund\.failed|charge\.updated)$/),
    });
    expect((await stripe.charges.retrieve(id)).amount_refunded).toBe(0);
    const dispute = await door('POST', `charges/${id}/dispute`, { reason: 'product_not_received' });
    expect(await stripe.disputes.retrieve(String(dispute.body['id']))).toMatchObject({
      reason: 'product_not_received',
      status: 'needs_response',
    });
    await door('POST', `disputes/${String(dispute.body['id'])}/close`, { status: 'lost' });
    expect(await newestEvent(stripe)).toMatchObject({
      type: 'charge.dispute.closed',
      data: { object: { status: 'lost' } },
    });
    expect((await door('POST', `disputes/${String(dispute.body['id'])}/close`, { status: 'won' })).status).toBe(400);
  });
});
