/** `customer upgrade`: another plan for a subscription that is paid for, a higher one at once. Asks first. */
import { upgradeBody } from '../../../src/contracts/subscriptions.ts';
import type { Api } from '../../api.ts';
import { changePlan, outcomeOf, type PlanWish } from '../../change-plan.ts';
import { by, type Define, type Done, done } from '../../command.ts';
import { canConfirm, yesOption } from '../../confirm.ts';
import { type CustomerOption, onCustomer, takesCustomer } from '../../find-customer.ts';
import { subscriptionLines } from '../../format/subscription.ts';
import { jsonOption, print } from '../../output.ts';
import type { World } from '../../world.ts';

type Options = PlanWish & CustomerOption;

async function upgrade(world: World, api: Api, id: string, options: Options): Done {
  const changed = await changePlan(world, api, id, options);
  if (!changed.ok) return changed;
  print(world, options, changed.value, [...subscriptionLines(changed.value.subscription), outcomeOf(changed.value)]);
  return done;
}

export const upgradeCommand: Define = ({ program, world, withApi }) => {
  takesCustomer(program.command('upgrade'))
    .description('another plan: a higher one at once, others with the end of the period')
    .requiredOption('--plan <plan>', 'the plan', by(upgradeBody.shape.new_plan))
    .option('--interval <interval>', 'month or year; as it is unless given', by(upgradeBody.shape.interval.unwrap()))
    .option(...yesOption)
    .option(...jsonOption)
    .action(
      withApi(
        onCustomer(
          (api, id, options: Options) => upgrade(world, api, id, options),
          (options) => canConfirm(world, options),
        ),
      ),
    );
};
