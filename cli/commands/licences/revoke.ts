/** `licences revoke`: withdraws the customer's licences, says what follows, and how to give a new one. Asks first. */
import { revokeBody } from '../../../src/contracts/licences.ts';
import { readCustomer } from '../../../src/contracts/routes/customers.ts';
import { revokeLicence } from '../../../src/contracts/routes/licences.ts';
import type { Api } from '../../api.ts';
import { by, type Define, type Done, done } from '../../command.ts';
import { canConfirm, confirm, type YesOption, yesOption } from '../../confirm.ts';
import { type CustomerOption, onCustomer, takesCustomer } from '../../find-customer.ts';
import { type JsonOption, jsonOption, print } from '../../output.ts';
import type { World } from '../../world.ts';
import { howToReissue } from './reissue.ts';

interface Options extends JsonOption, CustomerOption, YesOption {
  reason: string;
}

async function revoke(world: World, api: Api, id: string, options: Options): Done {
  const found = await api.call(readCustomer, { params: { customerId: id } });
  if (!found.ok) return found;
  const { company_name: company } = found.value.customer;
  const may = await confirm(world, options, `The licences of ${company} (${id}) are revoked.`);
  if (!may.ok) return may;
  const gone = await api.call(revokeLicence, { params: { customerId: id }, body: { reason: options.reason } });
  if (!gone.ok) return gone;
  const { plan, status } = found.value.subscription;
  print(world, options, gone.value, [
    `The licences of ${id} are revoked: the API answers licence_revoked for them from now on.`,
    `The subscription (${plan}, ${status}) and the stack go on, and so does the bill; end them with: tenantry customer deactivate ${id}`,
    howToReissue(id),
  ]);
  return done;
}

export const licenceRevokeCommand: Define = ({ program, world, withApi }) => {
  takesCustomer(program.command('revoke'))
    .description("revoke the customer's licences")
    .requiredOption('--reason <text>', 'kept in the audit log', by(revokeBody.shape.reason))
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
