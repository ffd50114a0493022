/** The narrow port to Stripe: what workflows may ask of it, by resource. */
import type { customersOf } from './customers.ts';
import type { subscriptionsOf } from './subscriptions.ts';

export interface StripePort {
  customers: ReturnType<typeof customersOf>;
  subscriptions: ReturnType<typeof subscriptionsOf>;
}
