/** `keys create`: one more account key; printed here, once. */
import { apiKeyBody } from '../../../src/contracts/customers.ts';
import { makeAccountKey } from '../../../src/contracts/routes/account-keys.ts';
import type { Api } from '../../api.ts';
import { by, type Define, type Done, done, instantBy } from '../../command.ts';
import { type CustomerOption, onCustomer, takesCustomer } from '../../find-customer.ts';
import { keyLines, titled } from '../../format/customer.ts';
import { type JsonOption, jsonOption, print } from '../../output.ts';
import { whenHelp } from '../../when.ts';
import type { World } from '../../world.ts';

interface Options extends JsonOption, CustomerOption {
  name?: string;
  expires?: string;
}

async function create(world: World, api: Api, id: string, options: Options): Done {
  const { name, expires } = options;
  const made = await api.call(makeAccountKey, {
    params: { customerId: id },
    body: {
      ...(name === undefined ? {} : { name }),
      ...(expires === undefined ? {} : { expires_at: expires }),
    },
  });
  if (!made.ok) return made;
  print(world, options, made.value, [titled('key', made.value.key_id), ...keyLines(made.value.api_key)]);
  return done;
}

export const keysCreateCommand: Define = ({ program, world, withApi }) => {
  takesCustomer(program.command('create'))
    .description('make one more account key; prints it, once')
    .option('--name <name>', 'what it is for', by(apiKeyBody.shape.name.unwrap()))
    .option('--expires <instant>', `${whenHelp}; never unless given`, instantBy(world, 'ahead'))
    .option(...jsonOption)
    .action(withApi(onCustomer((api, id, options: Options) => create(world, api, id, options))));
};
