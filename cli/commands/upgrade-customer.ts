/**
 * `upgrade-customer`: verifies the customer, shows the subscription, and has the plan bought or changed: on Stripe's page where
 * nothing is paid for yet, else by an upgrade. Ends with what to run to see that it came about.
 */
import { readCustomer } from '../../src/contracts/routes/customers.ts';
import { checkOut, readSubscription } from '../../src/contracts/routes/subscriptions.ts';
import { checkoutBody } from '../../src/contracts/subscriptions.ts';
import type { Api } from '../api.ts';
import { changePlan, outcomeOf, type PlanWish } from '../change-plan.ts';
import { by, type Define, type Done, done } from '../command.ts';
import { yesOption } from '../confirm.ts';
import { type CustomerOption, onCustomer, takesCustomer } from '../find-customer.ts';
import { minuteOf } from '../format/amounts.ts';
import { customerLines } from '../format/customer.ts';
import { subscriptionLines } from '../format/subscription.ts';
import { jsonOption, print } from '../output.ts';
import type { World } from '../world.ts';

interface Options extends PlanWish, CustomerOption {
  open?: boolean;
  returnUrl?: string;
}

const verifyLines = (id: string): string[] => [
  'See that it came about:',
  `  tenantry customer show ${id}`,
  `  tenantry licences show ${id}`,
  `  tenantry customer periods ${id}`,
];

async function upgradeCustomer(world: World, api: Api, id: string, options: Options): Done {
  const found = await api.call(readCustomer, { params: { customerId: id } });
  if (!found.ok) return found;
  const read = await api.call(readSubscription, { params: { customerId: id } });
  if (!read.ok) return read;
  const { subscription } = read.value;
  for (const line of [...customerLines(found.value), ...subscriptionLines(subscription)]) world.note(line);
  if (subscription.stripe_subscription_id === null) return await buy(world, api, id, options);
  const changed = await changePlan(world, api, id, options);
  if (!changed.ok) return changed;
  print(world, options, changed.value, [outcomeOf(changed.value), ...verifyLines(id)]);
  return done;
}

async function buy(world: World, api: Api, id: string, { plan, interval, ...options }: Options): Done {
  const returnUrl = options.returnUrl ?? `${api.url}/`;
  const opened = await api.call(checkOut, {
    body: {
      customer_id: id,
      plan,
      ...(interval === undefined ? {} : { interval }),
      success_url: returnUrl,
      cancel_url: returnUrl,
    },
  });
  if (!opened.ok) return opened;
  const { checkout_url: url, expires_at: until } = opened.value;
  print(world, options, opened.value, [`Pay here until ${minuteOf(until)} UTC:`, `  ${url}`, ...verifyLines(id)]);
  if (options.open && !world.openPage(url)) world.note('the page was not opened: its address is none of the web');
  return done;
}

export const upgradeCustomerProgram: Define = ({ program, world, withApi }) => {
  takesCustomer(program)
    .description('Has a plan bought or changed: verifies, shows, and opens the checkout')
    .requiredOption('--plan <plan>', 'the plan', by(checkoutBody.shape.plan))
    .option('--interval <interval>', 'month or year', by(checkoutBody.shape.interval.unwrap()))
    .option('--open', 'open the checkout in the browser')
    .option('--return-url <url>', "where Stripe's page leads back to; the API's own pages unless given")
    .option(...yesOption)
    .option(...jsonOption)
    .action(withApi(onCustomer((api, id, options: Options) => upgradeCustomer(world, api, id, options))));
};
