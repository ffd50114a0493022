/** `keys revoke`: an account key stops working within a second. Asks first. */

import { revokeAccountKey } from '../../../src/contracts/routes/account-keys.ts';
import type { Api } from '../../api.ts';
import { type Define, type Done, done } from '../../command.ts';
import { canConfirm, confirm, type YesOption, yesOption } from '../../confirm.ts';
import { type CustomerName, type CustomerOption, onCustomer } from '../../find-customer.ts';
import { type JsonOption, jsonOption, print } from '../../output.ts';
import type { World } from '../../world.ts';
import { takesKey } from './rotate.ts';

interface Options extends JsonOption, CustomerOption, YesOption {}

async function revoke(world: World, api: Api, id: string, keyId: string, options: Options): Done {
  const may = await confirm(world, options, `${keyId} of ${id} stops working at once.`);
  if (!may.ok) return may;
  const gone = await api.call(revokeAccountKey, { params: { customerId: id, keyId } });
  if (!gone.ok) return gone;
  print(world, options, { customer_id: id, key_id: keyId, revoked: true }, [`${keyId} is revoked`]);
  return done;
}

export const keysRevokeCommand: Define = ({ program, world, withApi }) => {
  takesKey(program.command('revoke'))
    .description('revoke a key at once')
    .option(...yesOption)
    .option(...jsonOption)
    .action(
      withApi((api, keyId: string, argument: CustomerName | undefined, options: Options) =>
        onCustomer(
          (_, id, o: Options) => revoke(world, api, id, keyId, o),
          (o) => canConfirm(world, o),
        )(api, argument, options),
      ),
    );
};
