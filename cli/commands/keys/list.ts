/** `keys list`: a customer's account keys without their secrets. */
import type { AccountKeyView } from '../../../src/contracts/customers.ts';
import { listAccountKeys } from '../../../src/contracts/routes/account-keys.ts';
import type { Api } from '../../api.ts';
import { type Define, type Done, done } from '../../command.ts';
import { type CustomerOption, onCustomer, takesCustomer } from '../../find-customer.ts';
import { dateOf, minuteOrDash } from '../../format/amounts.ts';
import { type Column, tableOf } from '../../format/table.ts';
import { type JsonOption, jsonOption, print } from '../../output.ts';
import { type PageOptions, pageLines, takesPage } from '../../pages.ts';
import type { World } from '../../world.ts';

interface Options extends JsonOption, CustomerOption, PageOptions {}

const columns: readonly Column[] = [
  { title: 'key' },
  { title: 'name' },
  { title: 'made' },
  { title: 'last used' },
  { title: 'expires' },
  { title: 'revoked' },
  { title: 'rotated to' },
];

const rowOf = (key: AccountKeyView): string[] => [
  key.key_id,
  key.name ?? '-',
  dateOf(key.created_at),
  key.last_used_on ?? '-',
  minuteOrDash(key.expires_at),
  minuteOrDash(key.revoked_at),
  key.rotated_to ?? '-',
];

async function list(world: World, api: Api, id: string, options: Options): Done {
  const { page, limit } = options;
  const read = await api.call(listAccountKeys, { params: { customerId: id }, query: { page, limit } });
  if (!read.ok) return read;
  const table = tableOf(columns, read.value.items.map(rowOf));
  print(world, options, read.value, pageLines(options, read.value.total, 'keys', table));
  return done;
}

export const keysListCommand: Define = ({ program, world, withApi }) => {
  takesPage(takesCustomer(program.command('list')), 'keys')
    .description('account keys without their secrets, newest first')
    .option(...jsonOption)
    .action(withApi(onCustomer((api, id, options: Options) => list(world, api, id, options))));
};
