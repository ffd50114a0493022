/** `credits revoke`: takes credit back of which nothing was used. */
import { revokeCreditBody } from '../../../src/contracts/credits.ts';
import { revokeCredit } from '../../../src/contracts/routes/credits.ts';
import type { Api } from '../../api.ts';
import { by, type Define, type Done, done } from '../../command.ts';
import { canConfirm, confirm, type YesOption, yesOption } from '../../confirm.ts';
import { type CustomerOption, onCustomer, takesCustomer } from '../../find-customer.ts';
import { dollars } from '../../format/amounts.ts';
import { type JsonOption, jsonOption, print } from '../../output.ts';
import type { World } from '../../world.ts';

interface Options extends JsonOption, CustomerOption, YesOption {
  credit: string;
  reason: string;
}

async function revoke(world: World, api: Api, id: string, options: Options): Done {
  const { credit: creditId, reason } = options;
  const may = await confirm(world, options, `The credit ${creditId} of ${id} is taken back.`);
  if (!may.ok) return may;
  const revoked = await api.call(revokeCredit, { params: { customerId: id, creditId }, body: { reason } });
  if (!revoked.ok) return revoked;
  const { credit } = revoked.value;
  print(world, options, revoked.value, [
    `${dollars(-credit.amount_cents)} are taken back; ${id} has ${dollars(credit.balance_cents)} of credit.`,
  ]);
  return done;
}

export const creditsRevokeCommand: Define = ({ program, world, withApi }) => {
  takesCustomer(program.command('revoke'))
    .description('take credit back of which nothing was used')
    .requiredOption('--credit <credit>', 'its id, crd_…')
    .requiredOption('--reason <text>', 'why; the customer sees it', by(revokeCreditBody.shape.reason))
    .option(...yesOption)
    .option(...jsonOption)
    .action(
      withApi(
        onCustomer(
          (api, id, options: Options) => revoke(world, api, id, options),
          (options) => canConfirm(world, options),
        ),
      ),
    );
};
