/** `spend-cap show`: a customer's cap, how much of it is used, and how far it can be overshot. */
import { readSpendCap } from '../../../src/contracts/routes/spend-caps.ts';
import type { Api } from '../../api.ts';
import { type Define, type Done, done } from '../../command.ts';
import { type CustomerOption, onCustomer, takesCustomer } from '../../find-customer.ts';
import { capLines } from '../../format/spend-cap.ts';
import { type JsonOption, jsonOption, print } from '../../output.ts';
import type { World } from '../../world.ts';

type Options = JsonOption & CustomerOption;

async function show(world: World, api: Api, id: string, options: Options): Done {
  const read = await api.call(readSpendCap, { params: { customerId: id } });
  if (!read.ok) return read;
  print(world, options, read.value, capLines(read.value.cap));
  return done;
}

export const spendCapShowCommand: Define = ({ program, world, withApi }) => {
  takesCustomer(program.command('show'))
    .description('the cap, how much of it is used, and how far it can be overshot')
    .option(...jsonOption)
    .action(withApi(onCustomer((api, id, options: Options) => show(world, api, id, options))));
};
