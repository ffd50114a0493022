/**
 * Stripe's portal, where people change their card and address, see invoices and cancel. What may be done there is ours to say: an
 * email is not changed there, because customers are looked up by it.
 */
import type Stripe from 'stripe';
import { attempt, type StripeResult } from './call.ts';

/** Marks the one configuration that is ours; another value makes a new one. */
const mark = { tenantry: '1' } as const;
const configurationsMax = 100;

async function configurationOf(stripe: Stripe): Promise<string> {
  const { data } = await stripe.billingPortal.configurations.list({ active: true, limit: configurationsMax });
  const found = data.find(({ metadata }) => metadata?.['tenantry'] === mark.tenantry);
  if (found) return found.id;
  const made = await stripe.billingPortal.configurations.create(
    {
      features: {
        customer_update: { enabled: true, allowed_updates: ['name', 'address', 'phone', 'tax_id'] },
        invoice_history: { enabled: true },
        payment_method_update: { enabled: true },
        subscription_cancel: { enabled: true, mode: 'at_period_end' },
      },
      metadata: mark,
    },
    { idempotencyKey: `tenantry-portal-${mark.tenantry}` },
  );
  return made.id;
}

export const portalOf = (stripe: Stripe) => ({
  /** The address of one visit. */
  open: (customer: string, returnUrl: string): Promise<StripeResult<string>> =>
    attempt(async () => {
      const configuration = await configurationOf(stripe);
      const session = await stripe.billingPortal.sessions.create({ customer, configuration, return_url: returnUrl });
      return session.url;
    }),
});
