/** The narrow port to Stripe: what workflows may ask of it, by resource. */
import type { customersOf } from './customers.ts';
import type { pricesOf } from './prices.ts';
import type { subscriptionsOf } from './subscriptions.ts';

export interface StripePort {
  customers: ReturnType<typeof customersOf>;
  prices: ReturnType<typeof pricesOf>;
  subscriptions: ReturnType<typeof subscriptionsOf>;
}
