/** `customer deactivate`: cancels at once. Asks first. */
import { deactivateBody } from '../../../src/contracts/customers.ts';
import { deactivateCustomer, readCustomer } from '../../../src/contracts/routes/customers.ts';
import type { Api } from '../../api.ts';
import { by, type Define, type Done, done } from '../../command.ts';
import { canConfirm, confirm, type YesOption, yesOption } from '../../confirm.ts';
import { type CustomerOption, onCustomer, takesCustomer } from '../../find-customer.ts';
import { customerLines } from '../../format/customer.ts';
import { type JsonOption, jsonOption, print } from '../../output.ts';
import type { World } from '../../world.ts';

interface Options extends JsonOption, CustomerOption, YesOption {
  reason?: string;
}

async function deactivate(world: World, api: Api, id: string, options: Options): Done {
  const found = await api.call(readCustomer, { params: { customerId: id } });
  if (!found.ok) return found;
  const { company_name: company, email } = found.value.customer;
  const deed = `${company} (${email}, ${id}) is cancelled at once: keys and licence are revoked, the stack stops.`;
  const may = await confirm(world, options, deed);
  if (!may.ok) return may;
  const gone = await api.call(deactivateCustomer, {
    params: { customerId: id },
    body: options.reason === undefined ? {} : { reason: options.reason },
  });
  if (!gone.ok) return gone;
  print(world, options, gone.value, [
    ...customerLines(gone.value),
    'Cancelled at once; keys and licence are revoked, the stack is being suspended, its data is kept.',
    `It comes back with: tenantry customer reactivate ${id}`,
  ]);
  return done;
}

export const deactivateCommand: Define = ({ program, world, withApi }) => {
  takesCustomer(program.command('deactivate'))
    .description('cancel at once, suspend the stack, revoke keys and licence')
    .option('--reason <text>', 'kept in the audit log', by(deactivateBody.shape.reason.unwrap()))
    .option(...yesOption)
    .option(...jsonOption)
    .action(
      withApi(
        onCustomer(
          (api, id, options: Options) => deactivate(world, api, id, options),
          (options) => canConfirm(world, options),
        ),
      ),
    );
};
