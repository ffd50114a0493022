/** How a customer is billed. */
import * as routes from '../contracts/routes/billing.ts';
import { deed } from '../http/deed.ts';
import { type Endpoint, endpoint, json, reply } from '../http/endpoint.ts';
import { setBilling } from '../workflows/subscriptions/set-billing.ts';
import { findBilling } from './store.ts';
import { toBilling } from './wire.ts';

const read = endpoint({
  ...routes.readBilling,
  handle: async ({ db, customer }) =>
    reply(200, { success: true, billing: toBilling(await findBilling(db, customer.customer.id)) }),
});

const set = deed({
  ...routes.setBilling,
  plan: (context, { customer, body, principal }) =>
    setBilling(context, { customerId: customer.customer.id, given: body, isSeller: principal.kind === 'admin' }),
  answer: (row) => json(200, { success: true, billing: toBilling(row) }),
});

export const billingEndpoints: readonly Endpoint[] = [read, set];
