/** What a customer's period costs, and the prices and allowances that are its own. */
import { costAnswer, overridesAnswer, overridesBody } from '../contracts/cost.ts';
import { type Endpoint, endpoint, param, refuse, reply } from '../http/endpoint.ts';
import { notFound } from '../http/problem.ts';
import { depsOf } from '../wiring.ts';
import { costOf } from '../workflows/billing/cost.ts';
import { replaceOverrides } from '../workflows/billing/set-overrides.ts';

const cost = endpoint({
  method: 'get',
  path: '/api/usage/:customerId/cost',
  summary: 'The running period so far, rated, in lines that say why',
  allow: { admin: 'viewer', account: true },
  answers: { 200: costAnswer },
  handle: async (call) => {
    const reads = { db: call.db, shards: call.env.usageShards, now: call.now() };
    const answer = await costOf(reads, param(call, 'customerId'));
    return answer ? reply(200, answer) : refuse(notFound);
  },
});

const overrides = endpoint({
  method: 'put',
  path: '/api/customers/:customerId/overrides',
  summary: 'Replace the allowances and prices that are this customer’s own',
  allow: { admin: 'operator' },
  body: overridesBody,
  answers: { 200: overridesAnswer },
  handle: async (call) => {
    const replaced = await replaceOverrides(depsOf(call), param(call, 'customerId'), call.body);
    if (replaced.ok) return reply(200, { success: true, ...replaced.value });
    if (replaced.error === 'not_found') return refuse(notFound);
    const { code, message, path } = replaced.error;
    return refuse({ code, message, details: { issues: [{ path, message }] } });
  },
});

export const pricingEndpoints: readonly Endpoint[] = [cost, overrides];
