/** Stripe's own pause, and the ways back from it. */
import { expect } from 'vitest';
import type { Life } from './life.ts';

const keepsEverything = {
  bill_for: { unused_time_from: { type: 'none' }, outstanding_usage_through: { type: 'none' } },
} as const;

export const pauses: readonly Life[] = [
  {
    name: 'a paused one makes no invoices; resumed on its old anchor it goes on without one for the pause',
    async live({ stripe, subscribe, subscription, invoices, advance, eventsOf }) {
      const { id, billing_cycle_anchor: anchor } = await subscribe();
      await advance(10);
      expect(await stripe.subscriptions.pause(id, keepsEverything)).toMatchObject({
        status: 'paused',
        status_details: { paused: { subscription: { type: 'pause_requested' }, type: 'subscription' } },
      });
      await stripe.subscriptions.update(id, { metadata: { seen: 'yes' } });
      await advance(80);
      expect(await invoices(id)).toHaveLength(1);
      const resumed = await stripe.subscriptions.resume(id, {
        billing_cycle_anchor: { type: 'unchanged' },
        proration_behavior: 'none',
      });
      expect(resumed).toMatchObject({ status: 'active', billing_cycle_anchor: anchor });
      expect(resumed.items.data[0]?.current_period_end).toBe(Date.parse('2026-05-15T10:00:00Z') / 1000);
      expect((await eventsOf(id)).slice(-2)).toEqual([
        'customer.subscription.updated',
        'customer.subscription.resumed',
      ]);
      await advance(31);
      expect(await invoices(id)).toHaveLength(2);
      expect(await subscription(id)).toMatchObject({ status: 'active' });
    },
  },
  {
    name: 'a past due one can be paused; resumed with a new anchor it waits for the invoice, as was said',
    async live({ stripe, subscribe, subscription, invoices, advance }) {
      const made = await subscribe();
      const customer = String(made.customer);
      const bad = await stripe.paymentMethods.attach('pm_card_chargeCustomerFail', { customer });
      await stripe.customers.update(customer, { invoice_settings: { default_payment_method: bad.id } });
      await advance(31, 1);
      expect(await subscription(made.id)).toMatchObject({ status: 'past_due' });
      await stripe.subscriptions.pause(made.id, keepsEverything);
      const waiting = await stripe.subscriptions.resume(made.id, { payment_behavior: 'resume_on_payment_success' });
      expect(waiting.status).toBe('paused');
      const good = await stripe.paymentMethods.attach('pm_card_visa', { customer });
      await stripe.invoices.pay(String(waiting.latest_invoice), { payment_method: good.id });
      expect(await subscription(made.id)).toMatchObject({ status: 'active' });
      expect((await invoices(made.id))[0]).toMatchObject({
        status: 'paid',
        total: 2900,
        billing_reason: 'subscription_update',
      });
    },
  },
  {
    name: 'a resumption that nobody pays for is void after 23 hours and the pause goes on; one attempt that fails makes it past due',
    async live({ stripe, subscribe, subscription, advance }) {
      const { id, customer } = await subscribe();
      await stripe.subscriptions.pause(id, keepsEverything);
      const first = await stripe.subscriptions.resume(id);
      expect(first.status).toBe('paused');
      await advance(0, 23);
      expect(await stripe.invoices.retrieve(String(first.latest_invoice))).toMatchObject({ status: 'void' });
      expect(await subscription(id)).toMatchObject({ status: 'paused' });
      const second = await stripe.subscriptions.resume(id);
      const bad = await stripe.paymentMethods.attach('pm_card_chargeCustomerFail', { customer: String(customer) });
      const paying = stripe.invoices.pay(String(second.latest_invoice), { payment_method: bad.id });
      await expect(paying).rejects.toMatchObject({ statusCode: 402, code: 'card_declined' });
      expect(await subscription(id)).toMatchObject({ status: 'past_due' });
    },
  },
  {
    name: 'a pause gives the unused time back unless it is told not to',
    async live({ stripe, subscribe, advance }) {
      const { id, customer } = await subscribe({ cents: 3100 });
      await advance(15, 12);
      await stripe.subscriptions.pause(id);
      const items = await stripe.invoiceItems.list({ customer: String(customer), pending: true });
      expect(items.data).toMatchObject([{ amount: -1550, proration: true }]);
    },
  },
  {
    name: 'a paused one can be canceled, and ends on its day; it can be paused neither with a schedule nor twice',
    async live({ stripe, subscribe, subscription, advance, now }) {
      const [one, other, scheduled] = [await subscribe(), await subscribe(), await subscribe()];
      await stripe.subscriptions.update(other.id, { cancel_at: now() + 5 * 86_400, proration_behavior: 'none' });
      for (const { id } of [one, other]) await stripe.subscriptions.pause(id, keepsEverything);
      expect(await stripe.subscriptions.cancel(one.id)).toMatchObject({ status: 'canceled' });
      await advance(5);
      expect(await subscription(other.id)).toMatchObject({ status: 'canceled' });
      await stripe.subscriptionSchedules.create({ from_subscription: scheduled.id });
      await expect(stripe.subscriptions.pause(scheduled.id)).rejects.toMatchObject({ statusCode: 400 });
      await expect(stripe.subscriptions.pause(one.id)).rejects.toMatchObject({ statusCode: 400 });
    },
  },
];
