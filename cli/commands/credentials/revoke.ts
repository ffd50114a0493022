/** `credentials revoke`: a key, token or staff session stops working within a second. Asks first. */
import { revocableId } from '../../../src/contracts/credentials.ts';
import { revokeCredential } from '../../../src/contracts/routes/credentials.ts';
import type { Api } from '../../api.ts';
import { by, type Define, type Done, done } from '../../command.ts';
import { canConfirm, confirm, type YesOption, yesOption } from '../../confirm.ts';
import { type JsonOption, jsonOption, print } from '../../output.ts';
import type { World } from '../../world.ts';

type Options = JsonOption & YesOption;

async function revoke(world: World, api: Api, id: string, options: Options): Done {
  const may = await confirm(world, options, `${id} stops working at once, whoever uses it.`);
  if (!may.ok) return may;
  const gone = await api.call(revokeCredential, { params: { credentialId: id } });
  if (!gone.ok) return gone;
  print(world, options, { credential_id: id, revoked: true }, [`${id} is revoked`]);
  return done;
}

export const credentialsRevokeCommand: Define = ({ program, world, withApi }) => {
  program
    .command('revoke')
    .description('revoke one at once')
    .argument('<credential>', 'key_ or ses_ + 32 hex digits', by(revocableId))
    .option(...yesOption)
    .option(...jsonOption)
    .action(
      withApi(async (api, id: string, options: Options) => {
        const checked = canConfirm(world, options);
        return checked.ok ? await revoke(world, api, id, options) : checked;
      }),
    );
};
