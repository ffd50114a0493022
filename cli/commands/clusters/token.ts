/** `clusters token`: makes the token with which a cluster's provisioner signs in. Prints it, once. */

import { makeClusterToken } from '../../../src/contracts/routes/clusters.ts';
import type { Api } from '../../api.ts';
import { type Define, type Done, done } from '../../command.ts';
import { titled } from '../../format/customer.ts';
import { type JsonOption, jsonOption, print } from '../../output.ts';
import { takesWish, type WishOptions, wishOf } from '../../wish.ts';
import type { World } from '../../world.ts';
import { takesCluster } from './create.ts';

type Options = JsonOption & WishOptions;

async function token(world: World, api: Api, id: string, options: Options): Done {
  const made = await api.call(makeClusterToken, { params: { clusterId: id }, body: wishOf(options) });
  if (!made.ok) return made;
  print(world, options, made.value, [
    titled('credential', made.value.key_id),
    titled('token', made.value.token),
    `The token is shown this once only: it is PROVISIONER_TOKEN of the provisioner of ${id}.`,
  ]);
  return done;
}

export const clustersTokenCommand: Define = ({ program, world, withApi }) => {
  takesWish(takesCluster(program.command('token')), world)
    .description('make a provisioner token; prints it, once')
    .option(...jsonOption)
    .action(withApi((api, id: string, options: Options) => token(world, api, id, options)));
};
