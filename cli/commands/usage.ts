/** `usage`: one customer's history, gaps and cost, or all customers in a table. */
import { z } from 'zod';
import { customerId, instant, namespace } from '../../src/contracts/common.ts';
import { historyQuery } from '../../src/contracts/usage.ts';
import { err, ok, type Result } from '../../src/lib/result.ts';
import type { Api } from '../api.ts';
import { readCost, readCustomer, readGaps, readUsage } from '../calls.ts';
import type { Failure } from '../failure.ts';
import { oneLine } from '../failure.ts';
import { costTable } from '../format/cost.ts';
import { gapsTable, historyTable } from '../format/usage.ts';
import { type JsonOption, jsonOption, print } from '../output.ts';
import { readAll } from '../pages.ts';
import { by, type Define, type Done, done } from '../program.ts';
import type { World } from '../world.ts';
import { type Span, usageOfAll } from './usage-of-all.ts';

interface UsageOptions extends JsonOption {
  customer?: string;
  all?: boolean;
  days?: number;
  from?: string;
  to?: string;
  granularity?: 'day' | 'window';
  namespace?: string;
}

const daysDefault = 30;

/** The stretch that was asked for; `from` and `to` go together and without `days`. */
function spanOf(options: UsageOptions): Result<Span, Failure> {
  const { from, to, days } = options;
  if (from === undefined && to === undefined) return ok({ days: days ?? daysDefault });
  if (from === undefined || to === undefined || days !== undefined) {
    return err({ kind: 'usage', message: 'give --days, or --from and --to together' });
  }
  return ok({ from, to });
}

async function usageOfOne(world: World, api: Api, id: string, options: UsageOptions): Done {
  const span = spanOf(options);
  if (!span.ok) return span;
  const customer = await readCustomer(api, id);
  if (!customer.ok) return customer;
  const { granularity = 'day' } = options;
  const where = options.namespace === undefined ? {} : { namespace: options.namespace };
  // The last n days move on with the clock; the first page says which they are, and the rest keeps to it.
  let range: Span = span.value;
  const read = await readAll(async (page, limit) => {
    const answer = await readUsage(api, id, { ...range, ...where, granularity, page, limit });
    if (answer.ok) range = { from: answer.value.from, to: answer.value.to };
    return answer;
  }, progress(world));
  if (!read.ok) return read;
  const history = { ...read.value.first, items: read.value.items };
  const found = await readAll((page, limit) => readGaps(api, id, { ...span.value, page, limit }));
  if (!found.ok) return found;
  const inNamespace = found.value.items.filter((gap) => (options.namespace ?? gap.namespace) === gap.namespace);
  const gaps = { ...found.value.first, items: inNamespace, total: inNamespace.length };
  const cost = await readCost(api, id);
  if (!cost.ok) return cost;
  const { company_name } = customer.value.customer;
  print(world, options, { customer_id: id, history, gaps, cost: cost.value }, [
    oneLine(`${id}  ${company_name}`),
    '',
    ...historyTable(history),
    '',
    ...gapsTable(gaps),
    '',
    ...costTable(cost.value),
  ]);
  return done;
}

const progress = (world: World) => (seen: number, total: number) => world.note(`read ${seen} of ${total} rows`);

export const usageProgram: Define = ({ program, world, withApi }) => {
  program
    .description('What customers used, what is missing, and what it costs so far')
    .option('--customer <id>', 'one customer: cust_ + 32 hex digits', by(customerId))
    .option('--all', 'every customer, a line each')
    .option('--days <n>', `the last n days, 1 to 400 (default: ${daysDefault})`, by(historyQuery.shape.days))
    .option('--from <instant>', 'ISO 8601, with --to instead of --days', by(instant))
    .option('--to <instant>', 'ISO 8601', by(instant))
    .option('--granularity <kind>', 'day or window (default: day)', by(z.enum(['day', 'window'])))
    .option('--namespace <name>', 'only this namespace', by(namespace))
    .option(...jsonOption)
    .action(
      withApi(async (api, options: UsageOptions) => {
        const { customer, all } = options;
        if ((customer === undefined) === (all === undefined)) {
          return err({ kind: 'usage', message: 'give either --customer ID or --all' });
        }
        if (customer !== undefined) return await usageOfOne(world, api, customer, options);
        if (options.namespace !== undefined || options.granularity !== undefined) {
          return err({ kind: 'usage', message: '--namespace and --granularity go with --customer' });
        }
        const span = spanOf(options);
        return span.ok ? await usageOfAll(world, api, span.value, options) : span;
      }),
    );
};
