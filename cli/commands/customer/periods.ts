/** `customer periods`: the billing periods of a customer, newest first. */

import { listPeriods } from '../../../src/contracts/routes/periods.ts';
import type { Api } from '../../api.ts';
import { type Define, type Done, done } from '../../command.ts';
import { type CustomerOption, onCustomer, takesCustomer } from '../../find-customer.ts';
import { periodTable, unbilledLines } from '../../format/periods.ts';
import { type JsonOption, jsonOption, print } from '../../output.ts';
import { type PageOptions, pageLines, takesPage } from '../../pages.ts';
import type { World } from '../../world.ts';

type Options = JsonOption & CustomerOption & PageOptions;

async function show(world: World, api: Api, id: string, options: Options): Done {
  const { page, limit } = options;
  const found = await api.call(listPeriods, { params: { customerId: id }, query: { page, limit } });
  if (!found.ok) return found;
  const { value } = found;
  print(world, options, value, [
    ...pageLines(options, value.total, 'periods', periodTable(value)),
    ...unbilledLines(value),
  ]);
  return done;
}

export const periodsCommand: Define = ({ program, world, withApi }) => {
  takesPage(takesCustomer(program.command('periods')), 'periods')
    .description('billing periods, newest first, and what was used outside of them')
    .option(...jsonOption)
    .action(withApi(onCustomer((api, id, options: Options) => show(world, api, id, options))));
};
