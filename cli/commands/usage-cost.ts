/** The money of `usage`: what a period costs, or where the running one ends. */
import type { CostAnswer } from '../../src/contracts/cost.ts';
import { readCost, readForecast } from '../../src/contracts/routes/costs.ts';
import { err, type Result } from '../../src/lib/result.ts';
import type { Api } from '../api.ts';
import { type Done, done } from '../command.ts';
import type { Failure } from '../failure.ts';
import { minuteOf } from '../format/amounts.ts';
import { costTable, forecastTable } from '../format/cost.ts';
import { type JsonOption, print } from '../output.ts';
import type { World } from '../world.ts';

/**
 * The cost of the period that was asked for. An API that does not know the question answers the running period, which must
 * not be shown in the place of another.
 */
export async function costOf(
  world: World,
  api: Api,
  id: string,
  period?: string,
): Promise<Result<CostAnswer, Failure>> {
  const cost = await api.call(readCost, { params: { customerId: id }, query: period === undefined ? {} : { period } });
  if (!cost.ok || period === undefined) return cost;
  const { start, end } = cost.value.period;
  const isAsked = period === 'previous' ? Date.parse(end) <= world.now() : Date.parse(start) === Date.parse(period);
  if (isAsked) return cost;
  const got = `${minuteOf(start)} to ${minuteOf(end)} UTC`;
  return err({ kind: 'unexpected', message: `the API answered another billing period: ${got}` });
}

/** `usage --cost`: the cost alone. */
export async function showCost(world: World, api: Api, id: string, options: JsonOption & { period?: string }): Done {
  const cost = await costOf(world, api, id, options.period);
  if (!cost.ok) return cost;
  print(world, options, cost.value, costTable(cost.value));
  return done;
}

/** `usage --forecast`: where the running period ends. */
export async function showForecast(world: World, api: Api, id: string, options: JsonOption): Done {
  const forecast = await api.call(readForecast, { params: { customerId: id } });
  if (!forecast.ok) return forecast;
  print(world, options, forecast.value, forecastTable(forecast.value));
  return done;
}
