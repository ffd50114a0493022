/** `customer list`: customers by page, newest first. */
import { Option } from 'commander';
import { type SubscriptionStatus, subscriptionStatus } from '../../../src/contracts/customers.ts';
import { planSlug } from '../../../src/contracts/plans.ts';
import { listCustomers } from '../../../src/contracts/routes/customers.ts';
import type { Api } from '../../api.ts';
import { by, type Define, type Done, done } from '../../command.ts';
import { dateOf } from '../../format/amounts.ts';
import { statusWord } from '../../format/customer.ts';
import { type Column, tableOf } from '../../format/table.ts';
import { type JsonOption, jsonOption, print } from '../../output.ts';
import { type PageOptions, pageLines, takesPage } from '../../pages.ts';
import type { World } from '../../world.ts';

interface Options extends JsonOption, PageOptions {
  search?: string;
  status?: SubscriptionStatus;
  plan?: string;
}

const columns: readonly Column[] = [
  { title: 'customer' },
  { title: 'company' },
  { title: 'email' },
  { title: 'plan' },
  { title: 'status' },
  { title: 'deployment' },
  { title: 'since' },
];

async function list(world: World, api: Api, options: Options): Done {
  const { page, limit, search, status, plan } = options;
  const found = await api.call(listCustomers, {
    query: {
      page,
      limit,
      ...(search === undefined ? {} : { q: search }),
      ...(status === undefined ? {} : { status }),
      ...(plan === undefined ? {} : { plan }),
    },
  });
  if (!found.ok) return found;
  const rows = found.value.items.map((c) => [
    c.customer_id,
    c.company_name,
    c.email,
    c.plan,
    c.status,
    statusWord(c.deployment_status, c.status),
    dateOf(c.created_at),
  ]);
  print(world, options, found.value, pageLines(options, found.value.total, 'customers', tableOf(columns, rows)));
  return done;
}

export const listCommand: Define = ({ program, world, withApi }) => {
  takesPage(program.command('list'), 'customers')
    .description('customers, newest first')
    .option('--search <text>', 'part of an id, a company or an email')
    .addOption(new Option('--status <status>', 'of the subscription').choices(subscriptionStatus.options))
    .option('--plan <plan>', 'the plan now', by(planSlug))
    .option(...jsonOption)
    .action(withApi((api, options: Options) => list(world, api, options)));
};
