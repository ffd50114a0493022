/** What a customer's period costs, and where it ends. */
import { costAnswer, costQuery, forecastAnswer } from '../contracts/cost.ts';
import { type Endpoint, endpoint, reply } from '../http/endpoint.ts';
import { costOf } from '../workflows/billing/cost.ts';
import type { PeriodChoice } from '../workflows/billing/current-period.ts';
import { forecastOf } from '../workflows/billing/forecast.ts';
import { toCostAnswer, toForecastAnswer } from './wire.ts';

const choiceOf = (period: string | undefined): PeriodChoice => {
  if (period === undefined) return 'current';
  return period === 'previous' ? period : { start: Date.parse(period) };
};

const cost = endpoint({
  method: 'get',
  path: '/api/usage/:customerId/cost',
  summary: 'The running period so far, or another one, rated, in lines that say why',
  allow: { admin: 'viewer', account: true },
  query: costQuery,
  answers: { 200: costAnswer },
  handle: async ({ db, env, now, customer, query }) => {
    const found = await costOf({ db, shards: env.usageShards, now: now() }, customer, choiceOf(query.period));
    return found.ok ? reply(200, toCostAnswer(found.value)) : found;
  },
});

const forecast = endpoint({
  method: 'get',
  path: '/api/usage/:customerId/forecast',
  summary: 'Where the running period ends, rated, with a range',
  allow: { admin: 'viewer', account: true },
  answers: { 200: forecastAnswer },
  handle: async ({ db, env, now, customer }) => {
    const found = await forecastOf({ db, shards: env.usageShards, now: now() }, customer);
    return found.ok ? reply(200, toForecastAnswer(found.value)) : found;
  },
});

export const pricingEndpoints: readonly Endpoint[] = [cost, forecast];
