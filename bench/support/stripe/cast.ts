/** Who and what the chapters are about: products with prices, customers with a card. */
import type Stripe from 'stripe';
import type { Scene } from './book.ts';

export type Prices = { starter: string; professional: string; yearly: string };

/** Prices as our catalogue has them, in cents. */
export async function makePrices({ stripe, unique }: Scene): Promise<Prices> {
  const product = async (name: string) => (await stripe.products.create({ name: unique(name) })).id;
  const price = async (productId: string, unit_amount: number, interval: 'month' | 'year') =>
    (await stripe.prices.create({ product: productId, currency: 'usd', unit_amount, recurring: { interval } })).id;
  const starter = await product('Starter');
  return {
    starter: await price(starter, 2900, 'month'),
    professional: await price(await product('Professional'), 9900, 'month'),
    yearly: await price(starter, 29_000, 'year'),
  };
}

/** A customer who pays with a test card; without one they have none. */
export async function makeCustomer(
  { stripe, clock, unique }: Scene,
  card: string | null = 'pm_card_visa',
  more: Stripe.CustomerCreateParams = {},
): Promise<string> {
  const { id } = await stripe.customers.create({
    email: `${unique('somebody')}@customers.example.com`,
    name: 'Somebody',
    ...clock.forCustomer,
    ...more,
  });
  if (card !== null) await payWith(stripe, id, card);
  return id;
}

/** Puts a card on file and makes it the one that pays. */
export async function payWith(stripe: Stripe, customer: string, card: string): Promise<void> {
  const { id } = await stripe.paymentMethods.attach(card, { customer });
  await stripe.customers.update(customer, { invoice_settings: { default_payment_method: id } });
}

/** Newest last: why, what became of it, how much. */
export async function invoicesOf(stripe: Stripe, customer: string) {
  const { data } = await stripe.invoices.list({ customer, limit: 100 });
  return data.toReversed().map(({ billing_reason, status, amount_due, amount_paid, attempt_count, auto_advance }) => ({
    billing_reason,
    status,
    amount_due,
    amount_paid,
    attempt_count,
    auto_advance,
  }));
}

export const subscriptionFacts = (subscription: Stripe.Subscription) => ({
  status: subscription.status,
  cancel_at_period_end: subscription.cancel_at_period_end,
  cancels: subscription.cancel_at !== null,
  ended: subscription.ended_at !== null,
  schedule: subscription.schedule !== null,
  pending_update: subscription.pending_update !== null,
  quantity: subscription.items.data.map(({ quantity }) => quantity),
  amount: subscription.items.data.map(({ price }) => price.unit_amount),
});

export const periodEnd = (subscription: Stripe.Subscription): number =>
  subscription.items.data[0]?.current_period_end ?? 0;
