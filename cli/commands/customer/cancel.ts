/** `customer cancel`: ends the subscription with its period, or at once. At once asks first. */
import { cancelSubscription } from '../../../src/contracts/routes/subscriptions.ts';
import { cancelBody } from '../../../src/contracts/subscriptions.ts';
import type { Api } from '../../api.ts';
import { by, type Define, type Done, done } from '../../command.ts';
import { canConfirm, confirm, type YesOption, yesOption } from '../../confirm.ts';
import { type CustomerOption, onCustomer, takesCustomer } from '../../find-customer.ts';
import { subscriptionLines } from '../../format/subscription.ts';
import { type JsonOption, jsonOption, print } from '../../output.ts';
import type { World } from '../../world.ts';

interface Options extends JsonOption, CustomerOption, YesOption {
  now?: boolean;
  reason?: string;
}

async function cancel(world: World, api: Api, id: string, options: Options): Done {
  const immediately = options.now === true;
  if (immediately) {
    const may = await confirm(world, options, `${id} ends at once: keys and licence are revoked, the stack stops.`);
    if (!may.ok) return may;
  }
  const reason = options.reason === undefined ? {} : { reason: options.reason };
  const canceled = await api.call(cancelSubscription, { body: { customer_id: id, immediately, ...reason } });
  if (!canceled.ok) return canceled;
  const { subscription } = canceled.value;
  const back =
    subscription.status === 'canceled'
      ? `It has ended; it comes back with: tenantry customer reactivate ${id}`
      : `Until then it can be taken back: tenantry customer resume ${id}`;
  print(world, options, canceled.value, [...subscriptionLines(subscription), back]);
  return done;
}

export const cancelCommand: Define = ({ program, world, withApi }) => {
  takesCustomer(program.command('cancel'))
    .description('end the subscription with its period')
    .option('--now', 'end it at once')
    .option('--reason <text>', 'kept in the audit log and at Stripe', by(cancelBody.shape.reason.unwrap()))
    .option(...yesOption)
    .option(...jsonOption)
    .action(
      withApi(
        onCustomer(
          (api, id, options: Options) => cancel(world, api, id, options),
          (options) => (options.now ? canConfirm(world, options) : done),
        ),
      ),
    );
};
