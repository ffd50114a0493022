/** `licences history`: every licence that a customer was ever given, and which of them are revoked. */
import type { z } from 'zod';
import type { licenceHistory } from '../../../src/contracts/licences.ts';
import { listLicences } from '../../../src/contracts/routes/licences.ts';
import type { Api } from '../../api.ts';
import { type Define, type Done, done } from '../../command.ts';
import { type CustomerOption, onCustomer, takesCustomer } from '../../find-customer.ts';
import { minuteOf } from '../../format/amounts.ts';
import { type Column, tableOf } from '../../format/table.ts';
import { type JsonOption, jsonOption, print } from '../../output.ts';
import type { World } from '../../world.ts';

type Options = JsonOption & CustomerOption;

const columns: readonly Column[] = [
  { title: 'issued' },
  { title: 'action' },
  { title: 'plan' },
  { title: 'devices', align: 'right' },
  { title: 'revoked' },
  { title: 'licence' },
];

function historyLines(read: z.infer<typeof licenceHistory>): string[] {
  const rows = read.history.map((h) => [
    minuteOf(h.generated_at),
    h.action,
    h.plan,
    h.max_devices === null ? 'unlimited' : String(h.max_devices),
    h.revoked_at === null ? '-' : minuteOf(h.revoked_at),
    h.id,
  ]);
  return [...tableOf(columns, rows), `${read.statistics.totalGenerations} in all`];
}

async function history(world: World, api: Api, id: string, options: Options): Done {
  const read = await api.call(listLicences, { params: { customerId: id } });
  if (!read.ok) return read;
  print(world, options, read.value, historyLines(read.value));
  return done;
}

export const licenceHistoryCommand: Define = ({ program, world, withApi }) => {
  takesCustomer(program.command('history'))
    .description('every licence ever issued')
    .option(...jsonOption)
    .action(withApi(onCustomer((api, id, options: Options) => history(world, api, id, options))));
};
