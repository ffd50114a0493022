/** `spend-cap remove`: removes a customer's cap; an instance that it has stopped runs again. */
import { removeSpendCap } from '../../../src/contracts/routes/spend-caps.ts';
import type { Api } from '../../api.ts';
import { type Define, type Done, done } from '../../command.ts';
import { canConfirm, confirm, type YesOption, yesOption } from '../../confirm.ts';
import { type CustomerOption, onCustomer, takesCustomer } from '../../find-customer.ts';
import { type JsonOption, jsonOption, print } from '../../output.ts';
import type { World } from '../../world.ts';

interface Options extends JsonOption, CustomerOption, YesOption {}

async function remove(world: World, api: Api, id: string, options: Options): Done {
  const may = await confirm(world, options, `Nothing bounds what ${id} uses after this.`);
  if (!may.ok) return may;
  const removed = await api.call(removeSpendCap, { params: { customerId: id } });
  if (!removed.ok) return removed;
  print(world, options, removed.value, [`${id} has no spend cap any more.`]);
  return done;
}

export const spendCapRemoveCommand: Define = ({ program, world, withApi }) => {
  takesCustomer(program.command('remove'))
    .description('remove the cap; an instance that it has stopped runs again')
    .option(...yesOption)
    .option(...jsonOption)
    .action(
      withApi(
        onCustomer(
          (api, id, options: Options) => remove(world, api, id, options),
          (options) => canConfirm(world, options),
        ),
      ),
    );
};
