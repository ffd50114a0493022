/** What a customer's period costs, and where it ends. */
import * as routes from '../contracts/routes/costs.ts';
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
  ...routes.readCost,
  handle: async ({ db, env, now, customer, query }) => {
    const found = await costOf({ db, shards: env.usageShards, now: now() }, customer, choiceOf(query.period));
    return found.ok ? reply(200, toCostAnswer(found.value)) : found;
  },
});

const forecast = endpoint({
  ...routes.readForecast,
  handle: async ({ db, env, now, customer }) => {
    const found = await forecastOf({ db, shards: env.usageShards, now: now() }, customer);
    return found.ok ? reply(200, toForecastAnswer(found.value)) : found;
  },
});

export const pricingEndpoints: readonly Endpoint[] = [cost, forecast];
