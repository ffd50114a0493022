/** The narrow port to Stripe: what workflows may ask of it, by resource. */
import type { changesOf } from './changes.ts';
import type { checkoutOf } from './checkout.ts';
import type { customersOf } from './customers.ts';
import type { pausesOf } from './pauses.ts';
import type { portalOf } from './portal.ts';
import type { renewalsOf } from './renewals.ts';
import type { schedulesOf } from './schedules.ts';
import type { subscriptionsOf } from './subscriptions.ts';

export interface StripePort {
  changes: ReturnType<typeof changesOf>;
  checkout: ReturnType<typeof checkoutOf>;
  customers: ReturnType<typeof customersOf>;
  pauses: ReturnType<typeof pausesOf>;
  portal: ReturnType<typeof portalOf>;
  renewals: ReturnType<typeof renewalsOf>;
  schedules: ReturnType<typeof schedulesOf>;
  subscriptions: ReturnType<typeof subscriptionsOf>;
}
