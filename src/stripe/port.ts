/** The narrow port to Stripe: what workflows may ask of it, by resource. */
import type { chargesOf } from './charges.ts';
import type { customersOf } from './customers.ts';
import type { eventsOf } from './events.ts';
import type { invoicesOf } from './invoices.ts';
import type { pausesOf } from './pauses.ts';
import type { subscriptionsOf } from './subscriptions.ts';

export interface StripePort {
  charges: ReturnType<typeof chargesOf>;
  customers: ReturnType<typeof customersOf>;
  events: ReturnType<typeof eventsOf>;
  invoices: ReturnType<typeof invoicesOf>;
  pauses: ReturnType<typeof pausesOf>;
  subscriptions: ReturnType<typeof subscriptionsOf>;
}
