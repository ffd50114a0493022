/** A customer's prepaid credit. */
import * as routes from '../contracts/routes/credits.ts';
import { deed } from '../http/deed.ts';
import { type Endpoint, endpoint, json, param, reply } from '../http/endpoint.ts';
import { grantCredit } from '../workflows/billing/grant-credit.ts';
import { revokeCredit } from '../workflows/billing/revoke-credit.ts';
import { listEntries } from './store.ts';
import { toEntry } from './wire.ts';

const list = endpoint({
  ...routes.listCredits,
  handle: async ({ db, customer, query, principal }) => {
    const { entries, total, balanceCents } = await listEntries(db, customer.customer.id, query);
    const items = entries.map((entry) => toEntry(entry, principal));
    return reply(200, { items, total, page: query.page, limit: query.limit, balance_cents: balanceCents });
  },
});

const grant = deed({
  ...routes.grantCredit,
  plan: (context, { customer, body }) => grantCredit(context, customer.customer.id, body),
  answer: (entry, { principal }) => json(201, { success: true, credit: toEntry(entry, principal) }),
});

const revoke = deed({
  ...routes.revokeCredit,
  plan: (context, call) => {
    const { customer, body } = call;
    return revokeCredit(context, { customerId: customer.customer.id, creditId: param(call, 'creditId'), ...body });
  },
  answer: (entry, { principal }) => json(200, { success: true, credit: toEntry(entry, principal) }),
});

export const creditEndpoints: readonly Endpoint[] = [list, grant, revoke];
