/** `usage`: one customer's history, gaps and cost, or all customers in a table. */
import { z } from 'zod';
import { namespace } from '../../src/contracts/common.ts';
import { readCustomer } from '../../src/contracts/routes/customers.ts';
import { readGaps, readUsage } from '../../src/contracts/routes/usage-reads.ts';
import { historyQuery } from '../../src/contracts/usage.ts';
import { err, ok, type Result } from '../../src/lib/result.ts';
import { iso } from '../../src/lib/time.ts';
import type { Api } from '../api.ts';
import { by, type Define, type Done, done, instantBy } from '../command.ts';
import type { Failure } from '../failure.ts';
import { type CustomerOption, onCustomerOrAll, takesCustomer } from '../find-customer.ts';
import { costTable } from '../format/cost.ts';
import { fieldsShown, gapsTable, historyTable } from '../format/usage.ts';
import { type JsonOption, jsonOption, print } from '../output.ts';
import { ownTitles } from '../own-meters.ts';
import { readAll } from '../pages.ts';
import { oneLine } from '../text.ts';
import { whenHelp } from '../when.ts';
import type { World } from '../world.ts';
import { costOf, showCost, showForecast } from './usage-cost.ts';
import { type HistoryRange, usageOfAll } from './usage-of-all.ts';

interface UsageOptions extends JsonOption, CustomerOption {
  all?: boolean;
  days?: number;
  from?: string;
  to?: string;
  granularity?: 'day' | 'window';
  namespace?: string;
  period?: string;
  cost?: boolean;
  forecast?: boolean;
}

const daysDefault = 30;
const periodBy = (world: World) => (text: string) => (text === 'previous' ? text : instantBy(world, 'ago')(text));

/** The windows that were asked for: of the last days, or from an instant to another, which is now unless it is given. */
function rangeOf(options: UsageOptions, now: number): Result<HistoryRange, Failure> {
  const { from, days, to = iso(now) } = options;
  const wrong = (message: string) => err<Failure>({ kind: 'usage', message });
  if (from === undefined && options.to === undefined) return ok({ days: days ?? daysDefault });
  if (from === undefined || days !== undefined) return wrong('give --days, or --from, with --to unless it is now');
  return Date.parse(from) < Date.parse(to) ? ok({ from, to }) : wrong('--from must be before --to');
}

async function usageOfOne(world: World, api: Api, id: string, options: UsageOptions): Done {
  if (options.cost) return await showCost(world, api, id, options);
  if (options.forecast) return await showForecast(world, api, id, options);
  const asked = rangeOf(options, world.now());
  if (!asked.ok) return asked;
  const customer = await api.call(readCustomer, { params: { customerId: id } });
  if (!customer.ok) return customer;
  const { granularity = 'day' } = options;
  const where = options.namespace === undefined ? {} : { namespace: options.namespace };
  // The last n days move on with the clock; the first page says which they are, and the rest keeps to it.
  let range: HistoryRange = asked.value;
  const read = await readAll(
    async (page, limit) => {
      const answer = await api.call(readUsage, {
        params: { customerId: id },
        query: { ...range, ...where, granularity, page, limit },
      });
      if (answer.ok) range = { from: answer.value.from, to: answer.value.to };
      return answer;
    },
    { onPage: (seen, total) => world.note(`read ${seen} of ${total} rows`) },
  );
  if (!read.ok) return read;
  const history = { ...read.value.first, items: read.value.items };
  const found = await readAll((page, limit) =>
    api.call(readGaps, { params: { customerId: id }, query: { ...asked.value, page, limit } }),
  );
  if (!found.ok) return found;
  const inNamespace = found.value.items.filter((gap) => (options.namespace ?? gap.namespace) === gap.namespace);
  const gaps = { ...found.value.first, items: inNamespace, total: inNamespace.length };
  const cost = await costOf(world, api, id, options.period);
  if (!cost.ok) return cost;
  const { company_name } = customer.value.customer;
  print(world, options, { customer_id: id, history, gaps, cost: cost.value }, [
    oneLine(`${id}  ${company_name}`),
    '',
    ...historyTable(history, await ownTitles(api, id, fieldsShown(history))),
    '',
    ...gapsTable(gaps),
    '',
    ...costTable(cost.value),
  ]);
  return done;
}

/** What is wrong with the options, before anything is sent. */
function judge(options: UsageOptions, now: number): Result<void, Failure> {
  const { all, namespace, granularity, period, cost, forecast, days, from, to } = options;
  const wrong = (message: string) => err<Failure>({ kind: 'usage', message });
  const given = (...values: unknown[]): boolean => values.some((value) => value !== undefined);
  if (all && given(namespace, granularity, period, cost, forecast)) {
    return wrong('--namespace, --granularity, --period, --cost and --forecast go with a customer');
  }
  if (given(cost, forecast) && given(namespace, granularity, days, from, to)) {
    return wrong('--cost and --forecast are of a whole billing period: they take no days and no namespace');
  }
  if (forecast && given(cost, period))
    return wrong('--forecast is of the running period: it takes no --cost and no --period');
  const range = rangeOf(options, now);
  return range.ok ? done : range;
}

async function usageOfEach(world: World, api: Api, options: UsageOptions): Done {
  const range = rangeOf(options, world.now());
  return range.ok ? await usageOfAll(world, api, range.value, options) : range;
}

export const usageProgram: Define = ({ program, world, withApi }) => {
  takesCustomer(program)
    .description('What customers used, what is missing, and what it costs so far')
    .option('--all', 'every customer, a line each')
    .option('--days <n>', `the last n days, 1 to 400 (default: ${daysDefault})`, by(historyQuery.shape.days))
    .option('--from <instant>', whenHelp, instantBy(world, 'ago'))
    .option('--to <instant>', 'the same; now unless given', instantBy(world, 'ago'))
    .option('--granularity <kind>', 'day or window (default: day)', by(z.enum(['day', 'window'])))
    .option('--period <period>', 'cost of this billing period: previous, or its start', periodBy(world))
    .option('--cost', 'only the cost')
    .option('--forecast', 'only where the running period ends, with a range')
    .option('--namespace <name>', 'only this namespace', by(namespace))
    .option(...jsonOption)
    .action(
      withApi(
        onCustomerOrAll(
          (api, id, options: UsageOptions) => usageOfOne(world, api, id, options),
          (api, options) => usageOfEach(world, api, options),
          (options) => judge(options, world.now()),
        ),
      ),
    );
};
