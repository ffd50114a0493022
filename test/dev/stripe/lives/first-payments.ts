/** How subscriptions begin: paid at once, later, by sent invoice, after a trial. */
import { expect } from 'vitest';
import type { Life } from './life.ts';

export const firstPayments: readonly Life[] = [
  {
    name: 'an incomplete one whose first invoice is voided has expired; marked uncollectible it is active; deleted it is canceled',
    async live({ stripe, subscribe, subscription }) {
      const card = 'pm_card_chargeCustomerFail';
      const voided = await subscribe({ card });
      await stripe.invoices.voidInvoice(String(voided.latest_invoice));
      expect(await subscription(voided.id)).toMatchObject({ status: 'incomplete_expired' });
      const forgiven = await subscribe({ card });
      await stripe.invoices.markUncollectible(String(forgiven.latest_invoice));
      expect(await subscription(forgiven.id)).toMatchObject({ status: 'active' });
      const deleted = await subscribe({ card });
      expect(await stripe.subscriptions.cancel(deleted.id)).toMatchObject({ status: 'canceled' });
    },
  },
  {
    name: 'nothing is made where error_if_incomplete meets a declined card, and default_incomplete waits',
    async live({ stripe, customer, price }) {
      const given = { customer: await customer('pm_card_chargeCustomerFail'), items: [{ price: await price(2900) }] };
      const failing = stripe.subscriptions.create({ ...given, payment_behavior: 'error_if_incomplete' });
      await expect(failing).rejects.toMatchObject({ statusCode: 402, code: 'card_declined' });
      expect((await stripe.subscriptions.list({ customer: given.customer, status: 'all' })).data).toEqual([]);
      const waiting = await stripe.subscriptions.create({ ...given, payment_behavior: 'default_incomplete' });
      expect(waiting.status).toBe('incomplete');
      const invoice = await stripe.invoices.retrieve(String(waiting.latest_invoice));
      expect(invoice).toMatchObject({ status: 'open', attempt_count: 0 });
    },
  },
  {
    name: 'a trial is told of three days before its end, then there is a paid period with a new anchor',
    async live({ stripe, subscribe, subscription, invoices, advance, now, eventsOf }) {
      const trialEnd = now() + 14 * 86_400;
      const { id, status } = await subscribe({ trial_end: trialEnd });
      expect(status).toBe('trialing');
      expect(await invoices(id)).toMatchObject([{ status: 'paid', total: 0, billing_reason: 'subscription_create' }]);
      await stripe.subscriptions.update(id, { metadata: { plan: 'starter' } });
      await advance(11);
      expect((await eventsOf(id)).at(-1)).toBe('customer.subscription.trial_will_end');
      await advance(3);
      expect(await subscription(id)).toMatchObject({ status: 'active', billing_cycle_anchor: trialEnd });
      await advance(0, 1);
      expect((await invoices(id))[0]).toMatchObject({
        status: 'paid',
        total: 2900,
        billing_reason: 'subscription_cycle',
      });
    },
  },
  {
    name: 'a trial that ends without a card is paused, canceled or invoiced, as was said',
    async live({ stripe, subscribe, subscription, invoices, advance, now }) {
      const trialing = (missing: 'pause' | 'cancel' | 'create_invoice') =>
        subscribe({
          card: null,
          trial_end: now() + 2 * 86_400,
          trial_settings: { end_behavior: { missing_payment_method: missing } },
        });
      const [paused, canceled, billed] = [
        await trialing('pause'),
        await trialing('cancel'),
        await trialing('create_invoice'),
      ];
      const dropped = await trialing('pause');
      expect(await stripe.subscriptions.cancel(dropped.id)).toMatchObject({ status: 'canceled' });
      await advance(2, 1);
      expect(await subscription(paused.id)).toMatchObject({
        status: 'paused',
        status_details: { paused: { subscription: { type: 'trial_end_without_payment_method' } } },
      });
      expect(await invoices(paused.id)).toHaveLength(1);
      expect(await subscription(canceled.id)).toMatchObject({ status: 'canceled' });
      expect(await subscription(billed.id)).toMatchObject({ status: 'past_due' });
    },
  },
  {
    name: 'a sent invoice is active at once, past due by its date, and active when it is paid another way',
    async live({ stripe, subscribe, subscription, invoices, advance, eventsOf }) {
      const { id, status } = await subscribe({ card: null, collection_method: 'send_invoice', days_until_due: 14 });
      expect(status).toBe('active');
      await advance(0, 1);
      const [first] = await invoices(id);
      expect(first).toMatchObject({
        status: 'open',
        attempt_count: 0,
        due_date: (first?.status_transitions.finalized_at ?? 0) + 14 * 86_400,
      });
      await advance(15);
      expect(await subscription(id)).toMatchObject({ status: 'past_due' });
      expect(await eventsOf(first?.id ?? '')).toEqual([
        'invoice.created',
        'invoice.finalized',
        'invoice.sent',
        'invoice.overdue',
      ]);
      await advance(32);
      expect((await invoices(id)).map((invoice) => invoice.status)).toEqual(['open', 'open']);
      const [second] = await invoices(id);
      const paid = await stripe.invoices.pay(second?.id ?? '', { paid_out_of_band: true });
      expect(paid).toMatchObject({ status: 'paid', amount_remaining: 0, amount_paid_off_stripe: 2900 });
      expect(await subscription(id)).toMatchObject({ status: 'active' });
    },
  },
];
