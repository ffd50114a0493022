/** The catalogue: publishing plans.yaml. */

import { publishAnswer, publishBody } from '../contracts/plan-catalogue.ts';
import { planList } from '../contracts/plans.ts';
import { deed } from '../http/deed.ts';
import { type Endpoint, endpoint, json, reply } from '../http/endpoint.ts';
import { Decimal, toCents } from '../lib/decimal.ts';
import { publishPlans } from '../workflows/billing/publish-plans.ts';
import { findCatalogue } from './catalogue-store.ts';

const list = endpoint({
  method: 'get',
  path: '/api/plans',
  summary: 'The plans that are sold',
  allow: { public: true },
  limits: [{ name: 'public', by: 'address', rate: 'RATE_LIMIT_PUBLIC' }],
  answers: { 200: planList },
  handle: async ({ db }) => {
    const { versions } = await findCatalogue(db);
    const items = versions
      .filter(({ state }) => state === 'sold')
      .map(({ state, definition: { plan, version, order, fee, interval, features, limits } }) => ({
        plan,
        version,
        state,
        order,
        fee_cents: toCents(new Decimal(fee)),
        interval,
        features,
        limits,
      }));
    return reply(200, { items });
  },
});

const publish = deed({
  method: 'post',
  path: '/api/plans/publish',
  summary: 'Publish plans.yaml: its new versions, and what is sold',
  allow: { admin: 'owner' },
  body: publishBody,
  preview: true,
  answers: { 200: publishAnswer, 201: publishAnswer },
  plan: (context, { body }) => publishPlans(context, body.yaml),
  answer: (fresh) =>
    json(fresh.length === 0 ? 200 : 201, {
      success: true,
      versions: fresh.map(({ plan, version }) => ({ plan, version })),
    }),
});

export const planEndpoints: readonly Endpoint[] = [list, publish];
