/** `keys create`: one more account key; printed here, once. */
import { makeAccountKey } from '../../../src/contracts/routes/account-keys.ts';
import type { Api } from '../../api.ts';
import { type Define, type Done, done } from '../../command.ts';
import { type CustomerOption, onCustomer, takesCustomer } from '../../find-customer.ts';
import { keyLines, titled } from '../../format/customer.ts';
import { type JsonOption, jsonOption, print } from '../../output.ts';
import { takesWish, type WishOptions, wishOf } from '../../wish.ts';
import type { World } from '../../world.ts';

interface Options extends JsonOption, CustomerOption, WishOptions {}

async function create(world: World, api: Api, id: string, options: Options): Done {
  const made = await api.call(makeAccountKey, {
    params: { customerId: id },
    body: wishOf(options),
  });
  if (!made.ok) return made;
  print(world, options, made.value, [titled('key', made.value.key_id), ...keyLines(made.value.api_key)]);
  return done;
}

export const keysCreateCommand: Define = ({ program, world, withApi }) => {
  takesWish(takesCustomer(program.command('create')), world)
    .description('make one more account key; prints it, once')
    .option(...jsonOption)
    .action(withApi(onCustomer((api, id, options: Options) => create(world, api, id, options))));
};
