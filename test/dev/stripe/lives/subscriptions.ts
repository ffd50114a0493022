/** Subscriptions from their first payment to their end. */
import { expect } from 'vitest';
import type { Life } from './life.ts';

export const subscriptionLives: readonly Life[] = [
  {
    name: 'a card that pays makes it active, and each month there is a draft, an hour later a paid invoice',
    async live({ subscribe, subscription, invoices, advance, eventsOf }) {
      const { id, status } = await subscribe();
      expect(status).toBe('active');
      expect(await eventsOf(id)).toEqual(['customer.subscription.created', 'customer.subscription.updated']);
      await advance(31);
      const [draft] = await invoices(id);
      expect(draft).toMatchObject({ status: 'draft', billing_reason: 'subscription_cycle', amount_due: 2900 });
      await advance(0, 1);
      const [paid] = await invoices(id);
      expect(paid).toMatchObject({ id: draft?.id, status: 'paid', amount_paid: 2900, attempt_count: 1 });
      const { items, latest_invoice: latest } = await subscription(id);
      expect(latest).toBe(paid?.id);
      expect(items.data[0]?.current_period_start).toBe(Date.parse('2026-02-15T10:00:00Z') / 1000);
      expect(await eventsOf(draft?.id ?? '')).toEqual([
        'invoice.created',
        'invoice.finalized',
        'invoice.updated',
        'invoice.paid',
        'invoice.payment_succeeded',
      ]);
    },
  },
  {
    name: 'a first payment that is declined leaves it incomplete, and 23 hours later it is as if it had not been',
    async live({ subscribe, subscription, invoices, advance }) {
      const { id, status } = await subscribe({ card: 'pm_card_chargeCustomerFail' });
      expect(status).toBe('incomplete');
      await advance(0, 23);
      expect(await subscription(id)).toMatchObject({ status: 'incomplete_expired' });
      expect((await invoices(id)).map((invoice) => invoice.status)).toEqual(['void']);
    },
  },
  {
    name: 'an incomplete one is active when its first invoice is paid with another card',
    async live({ stripe, subscribe, subscription }) {
      const made = await subscribe({ card: 'pm_card_chargeCustomerFail' });
      await stripe.subscriptions.update(made.id, { metadata: { seen: 'yes' } });
      const method = await stripe.paymentMethods.attach('pm_card_visa', { customer: String(made.customer) });
      await stripe.invoices.pay(String(made.latest_invoice), { payment_method: method.id });
      expect(await subscription(made.id)).toMatchObject({ status: 'active', metadata: { seen: 'yes' } });
    },
  },
];
