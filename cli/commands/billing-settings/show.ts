/** `billing-settings show`: how a customer is billed, and whether Stripe has it so. */
import { readBilling } from '../../../src/contracts/routes/billing.ts';
import type { Api } from '../../api.ts';
import { type Define, type Done, done } from '../../command.ts';
import { type CustomerOption, onCustomer, takesCustomer } from '../../find-customer.ts';
import { billingLines } from '../../format/billing-settings.ts';
import { type JsonOption, jsonOption, print } from '../../output.ts';
import type { World } from '../../world.ts';

type Options = JsonOption & CustomerOption;

async function show(world: World, api: Api, id: string, options: Options): Done {
  const read = await api.call(readBilling, { params: { customerId: id } });
  if (!read.ok) return read;
  print(world, options, read.value, billingLines(read.value.billing));
  return done;
}

export const billingSettingsShowCommand: Define = ({ program, world, withApi }) => {
  takesCustomer(program.command('show'))
    .description('how a customer is billed, and whether Stripe has it so')
    .option(...jsonOption)
    .action(withApi(onCustomer((api, id, options: Options) => show(world, api, id, options))));
};
