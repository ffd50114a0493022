/** `customer reactivate`: brings a deactivated customer back; the new account key is printed here, once. */

import { reactivateCustomer } from '../../../src/contracts/routes/customers.ts';
import type { Api } from '../../api.ts';
import { type Define, type Done, done } from '../../command.ts';
import { type CustomerOption, onCustomer, takesCustomer } from '../../find-customer.ts';
import { customerLines, keyLines } from '../../format/customer.ts';
import { type JsonOption, jsonOption, print } from '../../output.ts';
import type { World } from '../../world.ts';

type Options = JsonOption & CustomerOption;

async function reactivate(world: World, api: Api, id: string, options: Options): Done {
  const back = await api.call(reactivateCustomer, { params: { customerId: id }, body: {} });
  if (!back.ok) return back;
  print(world, options, back.value, [...customerLines(back.value), ...keyLines(back.value.api_key)]);
  return done;
}

export const reactivateCommand: Define = ({ program, world, withApi }) => {
  takesCustomer(program.command('reactivate'))
    .description('bring a deactivated customer back; prints a new account key, once')
    .option(...jsonOption)
    .action(withApi(onCustomer((api, id, options: Options) => reactivate(world, api, id, options))));
};
