/** What a customer's period costs. */
import { costAnswer } from '../contracts/cost.ts';
import { type Endpoint, endpoint, reply } from '../http/endpoint.ts';
import { costOf } from '../workflows/billing/cost.ts';
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

export const pricingEndpoints: readonly Endpoint[] = [cost];
