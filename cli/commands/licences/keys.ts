/** `licences keys`: the public keys as the API publishes them. */

import { readKeySet } from '../../../src/contracts/routes/licences.ts';
import type { Api } from '../../api.ts';
import { type Define, type Done, done } from '../../command.ts';
import { tableOf } from '../../format/table.ts';
import { type JsonOption, jsonOption, print } from '../../output.ts';
import type { World } from '../../world.ts';

async function keys(world: World, api: Api, options: JsonOption): Done {
  const read = await api.call(readKeySet, {});
  if (!read.ok) return read;
  const rows = read.value.keys.map((key) => ['kid', 'kty', 'alg'].map((name) => String(key[name] ?? '')));
  print(world, options, read.value, tableOf([{ title: 'kid' }, { title: 'type' }, { title: 'algorithm' }], rows));
  return done;
}

export const licenceKeysCommand: Define = ({ program, world, withApi }) => {
  program
    .command('keys')
    .description('the public keys that verify licences; the first one signs')
    .option(...jsonOption)
    .action(withApi((api, options: JsonOption) => keys(world, api, options)));
};
