/** `customer`: add, list, show, deactivate, reactivate. The account key is printed once, when it is made. */
import { Option } from 'commander';
import { z } from 'zod';
import { customerId, organisationId, pageQuery } from '../../src/contracts/common.ts';
import { type CustomerAnswer, type SignupAnswer, subscriptionStatus } from '../../src/contracts/customers.ts';
import { type PlanName, planName } from '../../src/contracts/plans.ts';
import type { Api } from '../api.ts';
import { addCustomer, deactivateCustomer, listCustomers, reactivateCustomer, readCustomer } from '../calls.ts';
import { oneLine } from '../failure.ts';
import { dateOf } from '../format/amounts.ts';
import { type Column, tableOf } from '../format/table.ts';
import { type JsonOption, jsonOption, print } from '../output.ts';
import { by, type Define, type Done, done } from '../program.ts';
import type { World } from '../world.ts';

interface AddOptions extends JsonOption {
  email: string;
  company: string;
  name?: string;
  plan?: PlanName;
  organisation?: string;
}

interface ListOptions extends JsonOption {
  page: number;
  limit: number;
  search?: string;
  status?: z.infer<typeof subscriptionStatus>;
  plan?: PlanName;
}

interface OneOptions extends JsonOption {
  id: string;
  reason?: string;
}

const listColumns: readonly Column[] = [
  { title: 'customer' },
  { title: 'company' },
  { title: 'email' },
  { title: 'plan' },
  { title: 'status' },
  { title: 'deployment' },
  { title: 'since' },
];

/** Everything about one customer, a line each. */
function customerLines(answer: Omit<CustomerAnswer | SignupAnswer, 'success'>): string[] {
  const { customer, subscription, deployment } = answer;
  const { trial_ends_at: trialEnd, status } = subscription;
  const trial = trialEnd === null || status !== 'trialing' ? '' : ` until ${dateOf(trialEnd)}`;
  const reason = 'reason' in deployment && deployment.reason !== null ? ` (${deployment.reason})` : '';
  return [
    `customer      ${customer.customer_id}`,
    `organisation  ${customer.organisation_id}`,
    `company       ${customer.company_name}`,
    `email         ${customer.email}`,
    `plan          ${subscription.plan}, ${status}${trial}`,
    `deployment    ${deployment.status}${reason}, generation ${deployment.generation}`,
    `namespace     ${deployment.namespace}`,
    `address       ${deployment.instance_url}`,
    ...(deployment.job_id === null ? [] : [`job           ${deployment.job_id}`]),
  ].map(oneLine);
}

const keyLines = (apiKey: string): string[] => [`account key   ${apiKey}`, 'The key is shown this once only: keep it.'];

async function add(world: World, api: Api, options: AddOptions): Done {
  const made = await addCustomer(api, {
    email: options.email,
    company_name: options.company,
    ...(options.name === undefined ? {} : { full_name: options.name }),
    ...(options.plan === undefined ? {} : { plan: options.plan }),
    ...(options.organisation === undefined ? {} : { organisation_id: options.organisation }),
  });
  if (!made.ok) return made;
  // The licence can be read again at any time; only the key cannot.
  const { license: _, ...shown } = made.value;
  print(world, options, shown, [...customerLines(made.value), ...keyLines(made.value.api_key)]);
  return done;
}

async function list(world: World, api: Api, options: ListOptions): Done {
  const { page, limit, search, status, plan } = options;
  const found = await listCustomers(api, {
    page,
    limit,
    ...(search === undefined ? {} : { q: search }),
    ...(status === undefined ? {} : { status }),
    ...(plan === undefined ? {} : { plan }),
  });
  if (!found.ok) return found;
  const rows = found.value.items.map((c) => [
    c.customer_id,
    c.company_name,
    c.email,
    c.plan,
    c.status,
    c.deployment_status,
    dateOf(c.created_at),
  ]);
  const pages = Math.max(1, Math.ceil(found.value.total / limit));
  const foot = `page ${page} of ${pages}, ${found.value.total} in all`;
  print(world, options, found.value, [...tableOf(listColumns, rows), foot]);
  return done;
}

async function show(world: World, api: Api, options: OneOptions): Done {
  const found = await readCustomer(api, options.id);
  if (!found.ok) return found;
  print(world, options, found.value, customerLines(found.value));
  return done;
}

async function deactivate(world: World, api: Api, options: OneOptions): Done {
  const gone = await deactivateCustomer(
    api,
    options.id,
    options.reason === undefined ? {} : { reason: options.reason },
  );
  if (!gone.ok) return gone;
  const said = 'Cancelled at once; keys and licence are revoked, the stack is being suspended, its data is kept.';
  print(world, options, gone.value, [...customerLines(gone.value), said]);
  return done;
}

async function reactivate(world: World, api: Api, options: OneOptions): Done {
  const back = await reactivateCustomer(api, options.id);
  if (!back.ok) return back;
  print(world, options, back.value, [...customerLines(back.value), ...keyLines(back.value.api_key)]);
  return done;
}

export const customerProgram: Define = ({ program, world, withApi }) => {
  const page = pageQuery.shape;
  program.description('Customers of this Tenantry');
  program
    .command('add')
    .description('sign a customer up; prints the account key, once')
    .requiredOption('--email <address>', 'whom to reach', by(z.email().max(254)))
    .requiredOption('--company <name>', 'company name')
    .option('--name <name>', 'full name of the person')
    .addOption(new Option('--plan <plan>', 'starter unless given').choices(planName.options))
    .option('--organisation <id>', 'add to this organisation', by(organisationId))
    .option(...jsonOption)
    .action(withApi((api, options: AddOptions) => add(world, api, options)));
  program
    .command('list')
    .description('customers, newest first')
    .option('--page <n>', 'page, from 1', by(page.page), 1)
    .option('--limit <n>', 'customers a page, up to 100', by(page.limit), 20)
    .option('--search <text>', 'part of an id, a company or an email')
    .addOption(new Option('--status <status>', 'of the subscription').choices(subscriptionStatus.options))
    .addOption(new Option('--plan <plan>').choices(planName.options))
    .option(...jsonOption)
    .action(withApi((api, options: ListOptions) => list(world, api, options)));
  program
    .command('show')
    .description('one customer with subscription and deployment')
    .requiredOption('--id <customer>', 'cust_ + 32 hex digits', by(customerId))
    .option(...jsonOption)
    .action(withApi((api, options: OneOptions) => show(world, api, options)));
  program
    .command('deactivate')
    .description('cancel at once, suspend the stack, revoke keys and licence')
    .requiredOption('--id <customer>', 'cust_ + 32 hex digits', by(customerId))
    .option('--reason <text>', 'kept in the audit log')
    .option(...jsonOption)
    .action(withApi((api, options: OneOptions) => deactivate(world, api, options)));
  program
    .command('reactivate')
    .description('bring a deactivated customer back; prints a new account key, once')
    .requiredOption('--id <customer>', 'cust_ + 32 hex digits', by(customerId))
    .option(...jsonOption)
    .action(withApi((api, options: OneOptions) => reactivate(world, api, options)));
};
