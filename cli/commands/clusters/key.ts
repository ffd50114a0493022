/** `clusters key`: makes the key with which an exporter reports for all customers of a cluster. Prints it, once. */

import { makeClusterKey } from '../../../src/contracts/routes/clusters.ts';
import type { Api } from '../../api.ts';
import { type Define, type Done, done } from '../../command.ts';
import { titled } from '../../format/customer.ts';
import { type JsonOption, jsonOption, print } from '../../output.ts';
import { takesWish, type WishOptions, wishOf } from '../../wish.ts';
import type { World } from '../../world.ts';
import { takesCluster } from './create.ts';

type Options = JsonOption & WishOptions;

async function key(world: World, api: Api, id: string, options: Options): Done {
  const made = await api.call(makeClusterKey, { params: { clusterId: id }, body: wishOf(options) });
  if (!made.ok) return made;
  print(world, options, made.value, [
    titled('credential', made.value.key_id),
    titled('cluster key', made.value.api_key),
    `The key is shown this once only: it is API_KEY of an exporter that reports for the customers in ${id}.`,
  ]);
  return done;
}

export const clustersKeyCommand: Define = ({ program, world, withApi }) => {
  takesWish(takesCluster(program.command('key')), world)
    .description('make a key that reports usage of the customers placed there; prints it, once')
    .option(...jsonOption)
    .action(withApi((api, id: string, options: Options) => key(world, api, id, options)));
};
