/** Upgrades, cancellations and schedules. */
import { expect } from 'vitest';
import type { Life } from './life.ts';

export const changes: readonly Life[] = [
  {
    name: 'an upgrade now costs what its preview says, to the cent, and the period stands',
    async live({ stripe, subscribe, price, advance, now, invoices }) {
      const { id, items } = await subscribe({ cents: 2900 });
      const item = items.data[0];
      await advance(10, 7);
      const change = { items: [{ id: item?.id ?? '', price: await price(9900) }], proration_date: now() };
      const preview = await stripe.invoices.createPreview({
        subscription: id,
        subscription_details: { ...change, proration_behavior: 'always_invoice' },
      });
      expect(preview).toMatchObject({ billing_reason: 'upcoming', status: 'draft' });
      const upgraded = await stripe.subscriptions.update(id, { ...change, proration_behavior: 'always_invoice' });
      expect(upgraded.items.data[0]).toMatchObject({ id: item?.id, current_period_end: item?.current_period_end });
      const [invoice] = await invoices(id);
      expect(invoice).toMatchObject({ status: 'paid', billing_reason: 'subscription_update', total: preview.total });
      expect(invoice?.lines.data.map(({ amount }) => amount)).toEqual(preview.lines.data.map(({ amount }) => amount));
      const share = 1 - (10 * 86_400 + 7 * 3_600) / (31 * 86_400);
      expect(invoice?.total).toBe(Math.round(9900 * share) - Math.round(2900 * share));
    },
  },
  {
    name: 'pending_if_incomplete keeps the old plan until the invoice is paid, and drops the update when it is not',
    async live({ stripe, subscribe, price, subscription, advance, eventsOf }) {
      const { id, items, customer } = await subscribe();
      const bad = await stripe.paymentMethods.attach('pm_card_chargeCustomerFail', { customer: String(customer) });
      const good = await stripe.paymentMethods.attach('pm_card_visa', { customer: String(customer) });
      await stripe.customers.update(String(customer), { invoice_settings: { default_payment_method: bad.id } });
      await advance(3);
      const [old, better] = [items.data[0]?.price.id, await price(9900)];
      const upgrade = () =>
        stripe.subscriptions.update(id, {
          items: [{ id: items.data[0]?.id ?? '', price: better }],
          proration_behavior: 'always_invoice',
          payment_behavior: 'pending_if_incomplete',
        });
      const pended = await upgrade();
      expect(pended).toMatchObject({
        status: 'active',
        pending_update: { subscription_items: [{ price: { id: better } }] },
      });
      expect(pended.items.data[0]?.price.id).toBe(old);
      await advance(0, 23);
      expect(await subscription(id)).toMatchObject({ pending_update: null });
      expect(await stripe.invoices.retrieve(String(pended.latest_invoice))).toMatchObject({ status: 'void' });
      const again = await upgrade();
      await stripe.invoices.pay(String(again.latest_invoice), { payment_method: good.id });
      const applied = await subscription(id);
      expect(applied).toMatchObject({ pending_update: null });
      expect(applied.items.data[0]?.price.id).toBe(better);
      expect((await eventsOf(id)).filter((type) => type.includes('pending'))).toEqual([
        'customer.subscription.pending_update_expired',
        'customer.subscription.pending_update_applied',
      ]);
    },
  },
  {
    name: 'an update that must be paid fails whole with error_if_incomplete, and is past due without',
    async live({ stripe, subscribe, price, subscription, advance }) {
      const { id, items, customer } = await subscribe();
      await advance(3);
      const bad = await stripe.paymentMethods.attach('pm_card_chargeCustomerFail', { customer: String(customer) });
      await stripe.customers.update(String(customer), { invoice_settings: { default_payment_method: bad.id } });
      const change = {
        items: [{ id: items.data[0]?.id ?? '', price: await price(9900) }],
        proration_behavior: 'always_invoice' as const,
      };
      const failing = stripe.subscriptions.update(id, { ...change, payment_behavior: 'error_if_incomplete' });
      await expect(failing).rejects.toMatchObject({ statusCode: 402 });
      expect((await subscription(id)).items.data[0]?.price.id).toBe(items.data[0]?.price.id);
      expect(await stripe.subscriptions.update(id, change)).toMatchObject({ status: 'past_due' });
    },
  },
  {
    name: 'a change of the interval begins a new period at once; a trial can be given to an active one',
    async live({ stripe, subscribe, price, advance, now, invoices, subscription }) {
      const { id, items } = await subscribe();
      await advance(10);
      const yearly = await stripe.subscriptions.update(id, {
        items: [{ id: items.data[0]?.id ?? '', price: await price(29_000, 'year') }],
      });
      expect(yearly).toMatchObject({ billing_cycle_anchor: now() });
      expect((await invoices(id))[0]).toMatchObject({ status: 'paid', total: 29_000 - Math.round((2900 * 21) / 31) });
      await stripe.subscriptions.update(id, { trial_end: now() + 5 * 86_400, proration_behavior: 'none' });
      expect(await subscription(id)).toMatchObject({ status: 'trialing' });
      expect(await stripe.subscriptions.update(id, { trial_end: 'now' })).toMatchObject({ status: 'active' });
    },
  },
  {
    name: 'one that is set to cancel ends with its period, without another invoice; taken back it goes on',
    async live({ stripe, subscribe, subscription, invoices, advance }) {
      const [one, other] = [await subscribe(), await subscribe()];
      const set = await stripe.subscriptions.update(one.id, { cancel_at_period_end: true });
      expect(set).toMatchObject({ cancel_at: one.items.data[0]?.current_period_end, status: 'active' });
      await stripe.subscriptions.update(other.id, { cancel_at_period_end: true });
      await stripe.subscriptions.update(other.id, { cancel_at_period_end: false });
      await advance(31);
      expect(await subscription(one.id)).toMatchObject({ status: 'canceled', canceled_at: one.created });
      expect(await invoices(one.id)).toHaveLength(1);
      expect(await subscription(other.id)).toMatchObject({ status: 'active', cancel_at: null });
      expect(await stripe.subscriptions.cancel(other.id)).toMatchObject({ status: 'canceled' });
      await expect(stripe.subscriptions.cancel(other.id)).rejects.toMatchObject({ statusCode: 404 });
    },
  },
  {
    name: 'a downgrade is a schedule of two calls: the new price comes with the next period, and the schedule lets go after it',
    async live({ stripe, subscribe, price, subscription, invoices, advance, eventsOf }) {
      const { id, items } = await subscribe({ cents: 9900 });
      const [item, cheaper] = [items.data[0], await price(2900)];
      const schedule = await stripe.subscriptionSchedules.create({ from_subscription: id });
      expect(await subscription(id)).toMatchObject({ schedule: schedule.id });
      await stripe.subscriptionSchedules.update(schedule.id, {
        end_behavior: 'release',
        phases: [
          {
            items: [{ price: item?.price.id ?? '', quantity: 1 }],
            start_date: schedule.phases[0]?.start_date ?? 0,
            end_date: schedule.phases[0]?.end_date ?? 0,
          },
          { items: [{ price: cheaper, quantity: 1 }], duration: { interval: 'month', interval_count: 1 } },
        ],
      });
      await expect(stripe.subscriptions.update(id, { cancel_at_period_end: true })).rejects.toMatchObject({
        statusCode: 400,
      });
      await advance(31, 1);
      expect((await invoices(id))[0]).toMatchObject({ status: 'paid', total: 2900 });
      await advance(31);
      expect(await stripe.subscriptionSchedules.retrieve(schedule.id)).toMatchObject({ status: 'released' });
      expect(await subscription(id)).toMatchObject({ schedule: null, status: 'active' });
      expect(await eventsOf(schedule.id)).toContain('subscription_schedule.released');
    },
  },
  {
    name: 'a schedule can be released at once, canceled with its subscription, and end it with its last phase',
    async live({ stripe, subscribe, subscription, advance }) {
      const [released, canceled, completed] = [await subscribe(), await subscribe(), await subscribe()];
      const of = (id: string) => stripe.subscriptionSchedules.create({ from_subscription: id });
      const free = await stripe.subscriptionSchedules.release((await of(released.id)).id);
      expect(free).toMatchObject({ status: 'released', released_subscription: released.id });
      await stripe.subscriptionSchedules.cancel((await of(canceled.id)).id);
      expect(await subscription(canceled.id)).toMatchObject({ status: 'canceled' });
      const ending = await of(completed.id);
      await stripe.subscriptionSchedules.update(ending.id, { end_behavior: 'cancel' });
      await advance(31);
      expect(await subscription(completed.id)).toMatchObject({ status: 'canceled' });
      expect(await stripe.subscriptionSchedules.retrieve(ending.id)).toMatchObject({ status: 'completed' });
    },
  },
];
