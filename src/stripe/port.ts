/** The narrow port to Stripe: what workflows may ask of it, by resource. */
import type { billingOf } from './billing.ts';
import type { changesOf } from './changes.ts';
import type { chargesOf } from './charges.ts';
import type { checkoutOf } from './checkout.ts';
import type { customersOf } from './customers.ts';
import type { draftsOf } from './drafts.ts';
import type { eventsOf } from './events.ts';
import type { invoicesOf } from './invoices.ts';
import type { pausesOf } from './pauses.ts';
import type { portalOf } from './portal.ts';
import type { pricesOf } from './prices.ts';
import type { renewalsOf } from './renewals.ts';
import type { schedulesOf } from './schedules.ts';
import type { subscriptionsOf } from './subscriptions.ts';
import type { usageEventsOf } from './usage-events.ts';

export interface StripePort {
  billing: ReturnType<typeof billingOf>;
  changes: ReturnType<typeof changesOf>;
  checkout: ReturnType<typeof checkoutOf>;
  customers: ReturnType<typeof customersOf>;
  prices: ReturnType<typeof pricesOf>;
  charges: ReturnType<typeof chargesOf>;
  drafts: ReturnType<typeof draftsOf>;
  events: ReturnType<typeof eventsOf>;
  invoices: ReturnType<typeof invoicesOf>;
  pauses: ReturnType<typeof pausesOf>;
  portal: ReturnType<typeof portalOf>;
  renewals: ReturnType<typeof renewalsOf>;
  schedules: ReturnType<typeof schedulesOf>;
  subscriptions: ReturnType<typeof subscriptionsOf>;
  usageEvents: ReturnType<typeof usageEventsOf>;
}
