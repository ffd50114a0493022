/** `customer add`: signs a customer up; the account key is printed here, once. */
import { organisationId } from '../../../src/contracts/common.ts';
import { signupBody } from '../../../src/contracts/customers.ts';
import { planSlug } from '../../../src/contracts/plans.ts';
import { createCustomer } from '../../../src/contracts/routes/customers.ts';
import type { Api } from '../../api.ts';
import { by, type Define, type Done, done } from '../../command.ts';
import { customerLines, keyLines } from '../../format/customer.ts';
import { type JsonOption, jsonOption, print } from '../../output.ts';
import type { World } from '../../world.ts';

interface Options extends JsonOption {
  email: string;
  company: string;
  name?: string;
  plan?: string;
  organisation?: string;
}

const { shape } = signupBody;

async function add(world: World, api: Api, options: Options): Done {
  const made = await api.call(createCustomer, {
    body: {
      email: options.email,
      company_name: options.company,
      ...(options.name === undefined ? {} : { full_name: options.name }),
      ...(options.plan === undefined ? {} : { plan: options.plan }),
      ...(options.organisation === undefined ? {} : { organisation_id: options.organisation }),
    },
  });
  if (!made.ok) return made;
  // The licence can be read again at any time; only the key cannot.
  const { license: _, ...shown } = made.value;
  print(world, options, shown, [...customerLines(made.value), ...keyLines(made.value.api_key)]);
  return done;
}

export const addCommand: Define = ({ program, world, withApi }) => {
  program
    .command('add')
    .description('sign a customer up; prints the account key, once')
    .requiredOption('--email <address>', 'whom to reach', by(shape.email))
    .requiredOption('--company <name>', 'company name', by(shape.company_name.unwrap()))
    .option('--name <name>', 'full name of the person', by(shape.full_name.unwrap()))
    .option('--plan <plan>', 'the smallest one that is sold unless given', by(planSlug))
    .option('--organisation <id>', 'add to this organisation', by(organisationId))
    .option(...jsonOption)
    .action(withApi((api, options: Options) => add(world, api, options)));
};
