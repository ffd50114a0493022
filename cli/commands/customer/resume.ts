/** `customer resume`: takes a cancellation or a scheduled change back. */
import { resumeSubscription } from '../../../src/contracts/routes/subscriptions.ts';
import type { Api } from '../../api.ts';
import { type Define, type Done, done } from '../../command.ts';
import { type CustomerOption, onCustomer, takesCustomer } from '../../find-customer.ts';
import { subscriptionLines } from '../../format/subscription.ts';
import { type JsonOption, jsonOption, print } from '../../output.ts';
import type { World } from '../../world.ts';

type Options = JsonOption & CustomerOption;

async function resume(world: World, api: Api, id: string, options: Options): Done {
  const resumed = await api.call(resumeSubscription, { body: { customer_id: id } });
  if (!resumed.ok) return resumed;
  print(world, options, resumed.value, [...subscriptionLines(resumed.value.subscription), 'It goes on.']);
  return done;
}

export const resumeCommand: Define = ({ program, world, withApi }) => {
  takesCustomer(program.command('resume'))
    .description('take a cancellation or a scheduled change back')
    .option(...jsonOption)
    .action(withApi(onCustomer((api, id, options: Options) => resume(world, api, id, options))));
};
