/** What a customer's period costs, and the prices and allowances that are its own. */
import { costAnswer, overridesAnswer, overridesBody } from '../contracts/cost.ts';
import { deed } from '../http/deed.ts';
import { type Endpoint, endpoint, json, reply } from '../http/endpoint.ts';
import { costOf } from '../workflows/billing/cost.ts';
import { replaceOverrides } from '../workflows/billing/set-overrides.ts';
import { toCostAnswer } from './wire.ts';

const cost = endpoint({
  method: 'get',
  path: '/api/usage/:customerId/cost',
  summary: 'The running period so far, rated, in lines that say why',
  allow: { admin: 'viewer', account: true },
  answers: { 200: costAnswer },
  handle: async (call) => {
    const reads = { db: call.db, shards: call.env.usageShards, now: call.now() };
    return reply(200, toCostAnswer(await costOf(reads, call.customer)));
  },
});

const overrides = deed({
  method: 'put',
  path: '/api/customers/:customerId/overrides',
  summary: 'Replace the allowances and prices that are this customer’s own',
  allow: { admin: 'operator' },
  body: overridesBody,
  answers: { 200: overridesAnswer },
  plan: (context, { customer, body }) => replaceOverrides(context, customer, body),
  answer: (replaced) => json(200, { success: true, ...replaced }),
});

export const pricingEndpoints: readonly Endpoint[] = [cost, overrides];
