/** Cards that fail: retries, what the account is set to do after them, and the ways back. */
import { expect } from 'vitest';
import type { World } from '../world.ts';
import type { Life } from './life.ts';

/** Active, with a card that pays nothing from now on. */
async function failing(world: World, more: Parameters<World['subscribe']>[0] = {}) {
  const made = await world.subscribe(more);
  const customer = String(made.customer);
  const method = await world.stripe.paymentMethods.attach('pm_card_chargeCustomerFail', { customer });
  await world.stripe.customers.update(customer, { invoice_settings: { default_payment_method: method.id } });
  return { id: made.id, customer };
}

/** The renewal's first attempt has failed. */
async function late(world: World, more: Parameters<World['subscribe']>[0] = {}) {
  const made = await failing(world, more);
  await world.advance(31, 1);
  const [invoice] = await world.invoices(made.id);
  return { ...made, invoice: invoice?.id ?? '' };
}

export const dunning: readonly Life[] = [
  {
    name: 'a renewal that fails is tried again after 1, 3, 5 and 7 days, past due all the while',
    async live(world) {
      const { id, customer, invoice } = await late(world);
      expect(await world.subscription(id)).toMatchObject({ status: 'past_due' });
      expect(await world.stripe.customers.retrieve(customer)).toMatchObject({ delinquent: true });
      await world.stripe.subscriptions.update(id, { metadata: { grace: 'yes' } });
      const first = (await world.stripe.invoices.retrieve(invoice)).status_transitions.finalized_at ?? 0;
      for (const days of [1, 3, 5, 7]) {
        const { next_payment_attempt: next, status } = await world.stripe.invoices.retrieve(invoice);
        expect([next, status]).toEqual([first + days * 86_400, 'open']);
        await world.advanceTo((first + days * 86_400) * 1000);
      }
      expect(await world.stripe.invoices.retrieve(invoice)).toMatchObject({
        attempt_count: 5,
        next_payment_attempt: null,
      });
      expect(await world.subscription(id)).toMatchObject({ status: 'past_due' });
      await world.advance(24);
      expect(await world.subscription(id)).toMatchObject({ status: 'past_due' });
    },
  },
  {
    name: 'a new card pays at the next retry, and the customer is no longer delinquent',
    async live(world) {
      const { id, customer, invoice } = await late(world);
      await world.door(`customers/${customer}/cards`, { card: '4242424242424242' });
      await world.advance(1);
      expect(await world.stripe.invoices.retrieve(invoice)).toMatchObject({ status: 'paid', attempt_count: 2 });
      expect(await world.subscription(id)).toMatchObject({ status: 'active' });
      expect(await world.stripe.customers.retrieve(customer)).toMatchObject({ delinquent: false });
    },
  },
  {
    name: 'what is dropped is not owed: voided or uncollectible, the subscription is active again',
    async live(world) {
      const { stripe, subscription } = world;
      const one = await late(world);
      await stripe.invoices.voidInvoice(one.invoice);
      expect(await subscription(one.id)).toMatchObject({ status: 'active' });
      const other = await late(world);
      await stripe.invoices.markUncollectible(other.invoice);
      expect(await subscription(other.id)).toMatchObject({ status: 'active' });
      await expect(stripe.invoices.pay(other.invoice)).rejects.toMatchObject({ code: 'card_declined' });
      const method = await stripe.paymentMethods.attach('pm_card_visa', { customer: other.customer });
      expect(await stripe.invoices.pay(other.invoice, { payment_method: method.id })).toMatchObject({ status: 'paid' });
    },
  },
  {
    name: 'an account that is set so leaves it unpaid: drafts that nobody finalises, until the latest invoice is paid',
    async live(world) {
      await world.door('settings', { after_retries: 'unpaid' });
      const { stripe, subscription, invoices, advance } = world;
      const { id, customer, invoice } = await late(world);
      await advance(7);
      expect(await subscription(id)).toMatchObject({ status: 'unpaid' });
      await stripe.subscriptions.update(id, { metadata: { seen: 'yes' } });
      await advance(30);
      expect((await invoices(id))[0]).toMatchObject({ status: 'draft', auto_advance: false });
      const method = await stripe.paymentMethods.attach('pm_card_visa', { customer });
      await stripe.invoices.pay(invoice, { payment_method: method.id });
      expect(await subscription(id)).toMatchObject({ status: 'active' });
    },
  },
  {
    name: 'an unpaid one can be canceled, and ends on its day',
    async live(world) {
      await world.door('settings', { after_retries: 'unpaid' });
      const [one, other] = [await late(world), await late(world)];
      await world.advance(7);
      await world.stripe.subscriptions.cancel(one.id);
      await world.stripe.subscriptions.update(other.id, { cancel_at_period_end: true });
      await world.advance(31);
      for (const { id } of [one, other]) expect(await world.subscription(id)).toMatchObject({ status: 'canceled' });
    },
  },
  {
    name: 'an account that is set so cancels after the last retry, for that reason, and its schedule with it',
    async live(world) {
      await world.door('settings', { after_retries: 'cancel' });
      const { id } = await late(world);
      const schedule = await world.stripe.subscriptionSchedules.create({ from_subscription: id });
      await world.advance(7);
      expect(await world.subscription(id)).toMatchObject({
        status: 'canceled',
        cancellation_details: { reason: 'payment_failed' },
      });
      expect(await world.eventsOf(schedule.id)).toContain('subscription_schedule.aborted');
    },
  },
  {
    name: 'a past due one can be canceled, whose invoices are then no longer collected, and ends on its day',
    async live(world) {
      const [one, other] = [await late(world), await late(world)];
      await world.stripe.subscriptions.cancel(one.id);
      expect(await world.stripe.invoices.retrieve(one.invoice)).toMatchObject({
        status: 'open',
        auto_advance: false,
        next_payment_attempt: null,
      });
      await world.stripe.subscriptions.update(other.id, { cancel_at_period_end: true });
      await world.advance(31);
      expect(await world.subscription(other.id)).toMatchObject({ status: 'canceled' });
      expect(await world.stripe.subscriptions.update(one.id, { metadata: { seen: 'yes' } })).toMatchObject({
        status: 'canceled',
      });
    },
  },
];
