/** Banks: 3-D Secure, refunds, disputes; and Checkout, where people pay. */
import { expect } from 'vitest';
import type { World } from '../world.ts';
import type { Life } from './life.ts';

const open = async ({ stripe, customer, price }: World, more: object = {}, card: string | null = null) => {
  const session = await stripe.checkout.sessions.create({
    mode: 'subscription',
    customer: await customer(card),
    line_items: [{ price: await price(2900), quantity: 1 }],
    success_url: 'https://seller.example/done?session={CHECKOUT_SESSION_ID}',
    cancel_url: 'https://seller.example/plans',
    subscription_data: { metadata: { tenantry: 'cust_1' } },
    ...more,
  });
  return session.id;
};

/** The charge of a first invoice that was paid. */
async function chargeOf({ stripe, subscribe }: World): Promise<string> {
  const { customer } = await subscribe();
  const { data } = await stripe.charges.list({ customer: String(customer) });
  return data[0]?.id ?? '';
}

export const money: readonly Life[] = [
  {
    name: 'Checkout makes a paid subscription with the card as its default, and its session is complete',
    async live(world) {
      const { stripe, door, subscription, eventsOf } = world;
      const id = await open(world);
      expect(await stripe.checkout.sessions.retrieve(id)).toMatchObject({
        status: 'open',
        payment_status: 'unpaid',
        amount_total: 2900,
      });
      await door(`checkout/${id}/complete`, { card: '4242 4242 4242 4242' });
      const done = await stripe.checkout.sessions.retrieve(id, { expand: ['subscription'] });
      expect(done).toMatchObject({ status: 'complete', payment_status: 'paid', url: null });
      const made = await subscription(typeof done.subscription === 'object' ? (done.subscription?.id ?? '') : '');
      expect(made).toMatchObject({
        status: 'active',
        metadata: { tenantry: 'cust_1' },
        default_payment_method: expect.any(String),
      });
      expect(await eventsOf(id)).toEqual(['checkout.session.completed']);
      await expect(door(`checkout/${id}/complete`, { card: '4242424242424242' })).rejects.toThrow();
    },
  },
  {
    name: 'a session that nobody completes has expired after 24 hours; a card that is declined leaves it open',
    async live(world) {
      const { stripe, door, advance } = world;
      const id = await open(world);
      await expect(door(`checkout/${id}/complete`, { card: '4000000000000002' })).rejects.toThrow('declined');
      await expect(door(`checkout/${id}/complete`, { card: '4000000000000341' })).rejects.toThrow('declined');
      expect(await stripe.checkout.sessions.retrieve(id)).toMatchObject({ status: 'open', subscription: null });
      expect((await stripe.subscriptions.list({ status: 'all' })).data).toEqual([]);
      await advance(1);
      expect(await stripe.checkout.sessions.retrieve(id)).toMatchObject({ status: 'expired', url: null });
      const other = await open(world);
      expect(await stripe.checkout.sessions.expire(other)).toMatchObject({ status: 'expired' });
    },
  },
  {
    name: 'Checkout keeps a trial of two days and more, refuses a shorter one, and takes promotion codes',
    async live(world) {
      const { stripe, door, now, subscription, invoices, advance } = world;
      const trial = (days: number) => ({ subscription_data: { trial_end: now() + days * 86_400 } });
      await expect(open(world, trial(1.9))).rejects.toMatchObject({ statusCode: 400 });
      const coupon = await stripe.coupons.create({ percent_off: 50, duration: 'once' });
      const code = await stripe.promotionCodes.create({
        promotion: { type: 'coupon', coupon: coupon.id },
        code: 'HALF',
      });
      const id = await open(world, { ...trial(2), allow_promotion_codes: true });
      await door(`checkout/${id}/complete`, { card: '4242424242424242', promotion_code: 'half' });
      const { subscription: made } = await stripe.checkout.sessions.retrieve(id);
      expect(await subscription(String(made))).toMatchObject({ status: 'trialing' });
      await advance(2, 1);
      expect((await invoices(String(made)))[0]).toMatchObject({ status: 'paid', subtotal: 2900, total: 1450 });
      await advance(31, 1);
      expect((await invoices(String(made)))[0]).toMatchObject({ total: 2900 });
      expect(await stripe.promotionCodes.retrieve(code.id)).toMatchObject({ times_redeemed: 1 });
    },
  },
  {
    name: 'a card that asks for 3-D Secure pays in Checkout when the customer confirms, and while they are away after that',
    async live(world) {
      const { stripe, door, subscription, invoices, advance } = world;
      const id = await open(world);
      await door(`checkout/${id}/complete`, { card: '4000002500003155', authenticates: false });
      expect(await stripe.checkout.sessions.retrieve(id)).toMatchObject({ status: 'open' });
      await door(`checkout/${id}/complete`, { card: '4000002500003155' });
      const { subscription: made } = await stripe.checkout.sessions.retrieve(id);
      await advance(31, 1);
      expect((await invoices(String(made)))[0]).toMatchObject({ status: 'paid' });
      expect(await subscription(String(made))).toMatchObject({ status: 'active' });
    },
  },
  {
    name: 'a card that always asks leaves the renewal waiting for the customer; another card pays it, a bad one does not',
    async live(world) {
      const { stripe, subscribe, subscription, invoices, advance, eventsOf } = world;
      const made = await subscribe({ card: 'pm_card_authenticationRequired' });
      expect(made.status).toBe('incomplete');
      const intent = async () => {
        const { data } = await stripe.invoicePayments.list({ invoice: String(made.latest_invoice) });
        return await stripe.paymentIntents.retrieve(String(data[0]?.payment.payment_intent));
      };
      expect(await intent()).toMatchObject({ status: 'requires_action', next_action: { type: 'redirect_to_url' } });
      expect(await eventsOf(String(made.latest_invoice))).toContain('invoice.payment_action_required');
      const pay = async (card: string) => {
        const method = await stripe.paymentMethods.attach(card, { customer: String(made.customer) });
        return await stripe.invoices.pay(String(made.latest_invoice), { payment_method: method.id });
      };
      await expect(pay('pm_card_authenticationRequired')).rejects.toMatchObject({
        code: 'invoice_payment_intent_requires_action',
      });
      await expect(pay('pm_card_chargeCustomerFail')).rejects.toMatchObject({ code: 'card_declined' });
      expect(await intent()).toMatchObject({
        status: 'requires_payment_method',
        last_payment_error: { code: 'card_declined' },
      });
      await expect(pay('pm_card_authenticationRequired')).rejects.toMatchObject({ statusCode: 402 });
      expect(await pay('pm_card_visa')).toMatchObject({ status: 'paid' });
      await advance(31, 1);
      const [renewal] = await invoices(made.id);
      expect(renewal).toMatchObject({ status: 'open', attempt_count: 1 });
      expect(await subscription(made.id)).toMatchObject({ status: 'past_due' });
      await stripe.invoices.voidInvoice(renewal?.id ?? '');
    },
  },
  {
    name: 'a charge is refunded in parts and no more than it was; a bank may give a refund back',
    async live(world) {
      const { stripe, door, eventsOf } = world;
      const charge = await chargeOf(world);
      const first = await stripe.refunds.create({ charge, amount: 900, metadata: { why: 'kindness' } });
      expect(first).toMatchObject({ status: 'succeeded', amount: 900, metadata: { why: 'kindness' } });
      await expect(stripe.refunds.create({ charge, amount: 2001 })).rejects.toMatchObject({ code: 'amount_too_large' });
      await door(`charges/${charge}/refund`);
      expect(await stripe.charges.retrieve(charge)).toMatchObject({ refunded: true, amount_refunded: 2900 });
      await door(`refunds/${first.id}/fail`);
      expect(await stripe.charges.retrieve(charge)).toMatchObject({ refunded: false, amount_refunded: 2000 });
      expect(await eventsOf(first.id)).toEqual(['refund.created', 'refund.updated', 'refund.failed']);
    },
  },
  {
    name: 'a dispute is opened by the bank and won or lost',
    async live(world) {
      const { stripe, door, eventsOf } = world;
      for (const status of ['won', 'lost'] as const) {
        const charge = await chargeOf(world);
        const { id } = await door(`charges/${charge}/dispute`, { reason: 'fraudulent' });
        expect(await stripe.charges.retrieve(charge)).toMatchObject({ disputed: true });
        await door(`disputes/${String(id)}/close`, { status });
        expect(await stripe.disputes.retrieve(String(id))).toMatchObject({ status, reason: 'fraudulent' });
        expect(await eventsOf(String(id))).toEqual(['charge.dispute.created', 'charge.dispute.closed']);
      }
    },
  },
];
