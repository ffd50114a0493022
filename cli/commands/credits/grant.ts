/** `credits grant`: gives a customer credit, which pays the next invoices. */
import { grantBody } from '../../../src/contracts/credits.ts';
import { grantCredit } from '../../../src/contracts/routes/credits.ts';
import type { Api } from '../../api.ts';
import { by, type Define, type Done, done, instantBy } from '../../command.ts';
import { type CustomerOption, onCustomer, takesCustomer } from '../../find-customer.ts';
import { dollars, minuteOf } from '../../format/amounts.ts';
import { centsOf } from '../../money.ts';
import { type JsonOption, jsonOption, print } from '../../output.ts';
import { whenHelp } from '../../when.ts';
import type { World } from '../../world.ts';

interface Options extends JsonOption, CustomerOption {
  amount: number;
  reason: string;
  expires?: string;
}

async function grant(world: World, api: Api, id: string, options: Options): Done {
  const { amount, reason, expires } = options;
  const body = { amount_cents: amount, reason, ...(expires === undefined ? {} : { expires_at: expires }) };
  const made = await api.call(grantCredit, { params: { customerId: id }, body });
  if (!made.ok) return made;
  const { credit } = made.value;
  const until = credit.expires_at === null ? '' : ` until ${minuteOf(credit.expires_at)} UTC`;
  print(world, options, made.value, [
    `${id} has ${dollars(credit.balance_cents)} of credit: ${dollars(credit.amount_cents)} are new${until} (${credit.credit_id}).`,
  ]);
  return done;
}

export const creditsGrantCommand: Define = ({ program, world, withApi }) => {
  takesCustomer(program.command('grant'))
    .description('give a customer credit, which pays the next invoices')
    .requiredOption('--amount <dollars>', 'how much, e.g. 50 or 49.90', centsOf)
    .requiredOption('--reason <text>', 'why; the customer sees it', by(grantBody.shape.reason))
    .option('--expires <instant>', `${whenHelp}; never unless given`, instantBy(world, 'ahead'))
    .option(...jsonOption)
    .action(withApi(onCustomer((api, id, options: Options) => grant(world, api, id, options))));
};
