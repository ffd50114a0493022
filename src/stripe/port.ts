/** The narrow port to Stripe: what workflows may ask of it, by resource. */
import type { customersOf } from './customers.ts';
import type { pausesOf } from './pauses.ts';
import type { subscriptionsOf } from './subscriptions.ts';

export interface StripePort {
  customers: ReturnType<typeof customersOf>;
  pauses: ReturnType<typeof pausesOf>;
  subscriptions: ReturnType<typeof subscriptionsOf>;
}
