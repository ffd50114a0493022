/** `spend-cap set`: sets, raises or lowers a customer's cap. One that stops the instance at once asks nothing: it says what it did. */
import { setSpendCap } from '../../../src/contracts/routes/spend-caps.ts';
import { type CapAction, capAction } from '../../../src/contracts/spend-caps.ts';
import type { Api } from '../../api.ts';
import { by, type Define, type Done, done } from '../../command.ts';
import { type CustomerOption, onCustomer, takesCustomer } from '../../find-customer.ts';
import { capLines } from '../../format/spend-cap.ts';
import { centsOf } from '../../money.ts';
import { type JsonOption, jsonOption, print } from '../../output.ts';
import type { World } from '../../world.ts';

interface Options extends JsonOption, CustomerOption {
  cap: number;
  action: CapAction;
}

async function set(world: World, api: Api, id: string, options: Options): Done {
  const { cap, action } = options;
  const changed = await api.call(setSpendCap, { params: { customerId: id }, body: { cap_cents: cap, action } });
  if (!changed.ok) return changed;
  print(world, options, changed.value, capLines(changed.value.cap));
  return done;
}

export const spendCapSetCommand: Define = ({ program, world, withApi }) => {
  takesCustomer(program.command('set'))
    .description('set, raise or lower the cap; raised above what is used, a stopped instance runs again')
    .requiredOption('--cap <dollars>', 'what a period may cost, the fee included, e.g. 200', centsOf)
    .requiredOption('--action <action>', 'notify: tell its people; suspend: stop the instance as well', by(capAction))
    .option(...jsonOption)
    .action(withApi(onCustomer((api, id, options: Options) => set(world, api, id, options))));
};
