/**
 * A subscription's life at Stripe, as its API shows it at each step, and the event that tells of the step. What a fetch shows is how
 * it stands when the fetch reaches Stripe, whatever happens until the answer comes.
 */
import { eventOf, invoiceOf, type Json, stripeId, type TestStripe } from '../../../harness/worker/stripe-events.ts';
import { priceOf } from '../../../harness/worker/stripe-subscription.ts';

const monthSeconds = 30 * 86_400;

export interface Life {
  /** One event a step, in the order in which they happened. */
  events: readonly (Json & { id: string })[];
  /** Takes it to a step, if it is not further. */
  reach: (step: number) => void;
  step: () => number;
  subscriptionId: string;
  invoiceId: string;
  /** As it is now. */
  subscription: () => Json;
}

/** A life that begins at `start`, Unix seconds. */
export function aLife(
  stripe: TestStripe,
  { cus, customerId, start }: { cus: string; customerId: string; start: number },
  gate: () => Promise<void>,
): Life {
  const id = stripeId('sub');
  const metadata = { tenantry_customer_id: customerId };
  const details = { subscription: id, metadata };
  const invoice: Json & { id: string } = invoiceOf(cus, {
    created: start,
    parent: { type: 'subscription_details', quote_details: null, subscription_details: details },
  });
  const item = (plan: string) => ({
    object: 'list',
    data: [
      {
        id: `si_${id}`,
        object: 'subscription_item',
        price: { id: priceOf(plan), object: 'price', recurring: { interval: 'month' } },
        current_period_start: start,
        current_period_end: start + monthSeconds,
      },
    ],
  });
  const subscription: Json = {
    id,
    object: 'subscription',
    customer: cus,
    status: 'active',
    items: item('starter'),
    trial_end: null,
    cancel_at: null,
    cancel_at_period_end: false,
    ended_at: null,
    collection_method: 'charge_automatically',
    schedule: null,
    latest_invoice: invoice,
    pending_update: null,
    currency: 'usd',
    created: start,
    metadata,
  };
  const hosted = { hosted_invoice_url: `https://pay.example/${invoice.id}`, status: 'open', attempt_count: 1 };
  const steps: { type: string; of: Json; change: () => void }[] = [
    {
      type: 'checkout.session.completed',
      of: { id: `cs_${id}`, object: 'checkout.session', subscription: id },
      change: () => {},
    },
    { type: 'customer.subscription.created', of: subscription, change: () => {} },
    {
      type: 'customer.subscription.updated',
      of: subscription,
      change: () => Object.assign(subscription, { items: item('professional') }),
    },
    {
      type: 'invoice.payment_failed',
      of: invoice,
      change: () => {
        Object.assign(invoice, hosted);
        Object.assign(subscription, { status: 'past_due' });
      },
    },
    {
      type: 'invoice.payment_succeeded',
      of: invoice,
      change: () => {
        Object.assign(invoice, { status: 'paid', amount_paid: invoice['amount_due'] });
        Object.assign(subscription, { status: 'active' });
      },
    },
    {
      type: 'customer.subscription.deleted',
      of: subscription,
      change: () => Object.assign(subscription, { status: 'canceled', ended_at: start + 100 }),
    },
  ];
  // Held by its own event already: what is asked here is what handlers do.
  const shown = (object: Json) => async () => {
    const now = structuredClone(object);
    await gate();
    return now;
  };
  stripe.answers.set(`GET /v1/subscriptions/${id}`, shown(subscription));
  stripe.answers.set(`GET /v1/invoices/${invoice.id}`, shown(invoice));
  stripe.answers.set(`POST /v1/invoices/${invoice.id}`, shown(invoice));
  let reached = -1;
  const reach = (step: number) => {
    while (reached < Math.min(step, steps.length - 1)) steps[++reached]?.change();
  };
  reach(0);
  const events = steps.map(({ type, of }, n) =>
    eventOf(type, { ...structuredClone(of), customer: cus }, { created: start + n }),
  );
  return {
    events,
    reach,
    step: () => reached,
    subscriptionId: id,
    invoiceId: invoice.id,
    subscription: () => structuredClone(subscription),
  };
}
