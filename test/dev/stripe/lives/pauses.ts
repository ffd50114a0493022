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
    name: 'one that is unpaid can be paused, and is active when it is resumed',
    async live({ stripe, subscribe, subscription, advance, door }) {
      await door('settings', { after_retries: 'unpaid' });
      const { id, customer } = await subscribe();
      const bad = await stripe.paymentMethods.attach('pm_card_chargeCustomerFail', { customer: String(customer) });
      await stripe.customers.update(String(customer), { invoice_settings: { default_payment_method: bad.id } });
      await advance(40);
      expect(await subscription(id)).toMatchObject({ status: 'unpaid' });
      expect(await stripe.subscriptions.pause(id, keepsEverything)).toMatchObject({ status: 'paused' });
      const anchor = { billing_cycle_anchor: { type: 'unchanged' }, proration_behavior: 'none' } as const;
      expect(await stripe.subscriptions.resume(id, anchor)).toMatchObject({ status: 'active' });
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
    name: 'a pause gives the unused time back unless it is told not to, and the period ends with it either way',
    async live({ stripe, subscribe, advance, now }) {
      const [credited, kept] = [await subscribe({ cents: 3100 }), await subscribe({ cents: 3100 })];
      await advance(15, 12);
      const waiting = async ({ customer }: typeof kept) =>
        (await stripe.invoiceItems.list({ customer: String(customer), pending: true })).data;
      for (const [one, how] of [
        [credited, {}],
        [kept, keepsEverything],
      ] as const) {
        const paused = await stripe.subscriptions.pause(one.id, how);
        expect(paused.items.data[0]?.current_period_end).toBe(now());
      }
      expect(await waiting(credited)).toMatchObject([{ amount: -1550, proration: true }]);
      expect(await waiting(kept)).toEqual([]);
    },
  },
  {
    name: 'resumed within its period the rest of it is asked for once more, unless nothing is to be prorated',
    async live({ stripe, subscribe, advance }) {
      const [billed, free] = [await subscribe({ cents: 3100 }), await subscribe({ cents: 3100 })];
      await advance(10);
      for (const { id } of [billed, free]) await stripe.subscriptions.pause(id, keepsEverything);
      await advance(5, 12);
      const unchanged = { billing_cycle_anchor: { type: 'unchanged' } } as const;
      const prorated = await stripe.subscriptions.resume(billed.id, unchanged);
      const kept = await stripe.subscriptions.resume(free.id, { ...unchanged, proration_behavior: 'none' });
      for (const { items } of [prorated, kept]) {
        expect(items.data[0]?.current_period_end).toBe(billed.items.data[0]?.current_period_end);
      }
      const waiting = async ({ customer }: typeof free) =>
        (await stripe.invoiceItems.list({ customer: String(customer), pending: true })).data;
      expect(await waiting(billed)).toMatchObject([{ amount: 1550, proration: true }]);
      expect(await waiting(free)).toEqual([]);
    },
  },
  {
    name: 'a paused one can be canceled, and ends on its day; it can be paused neither with a schedule nor twice, nor while it is free, nor where invoices are sent',
    async live({ stripe, subscribe, subscription, advance, now }) {
      const free = await subscribe({ trial_end: now() + 9 * 86_400 });
      const sent = await subscribe({ card: null, collection_method: 'send_invoice', days_until_due: 14 });
      const [one, other, scheduled] = [await subscribe(), await subscribe(), await subscribe()];
      await stripe.subscriptions.update(other.id, { cancel_at: now() + 5 * 86_400, proration_behavior: 'none' });
      for (const { id } of [one, other]) await stripe.subscriptions.pause(id, keepsEverything);
      expect(await stripe.subscriptions.cancel(one.id)).toMatchObject({ status: 'canceled' });
      await advance(5);
      expect(await subscription(other.id)).toMatchObject({ status: 'canceled' });
      await stripe.subscriptionSchedules.create({ from_subscription: scheduled.id });
      for (const { id } of [scheduled, one, free, sent]) {
        await expect(stripe.subscriptions.pause(id, keepsEverything)).rejects.toMatchObject({ statusCode: 400 });
      }
      const paused = await subscribe();
      await stripe.subscriptions.pause(paused.id, keepsEverything);
      const scheduling = stripe.subscriptionSchedules.create({ from_subscription: paused.id });
      await expect(scheduling).rejects.toMatchObject({ statusCode: 400 });
    },
  },
];
