/** `licences reissue`: a new licence in the place of the old one, also of a revoked one. */
import { revokeBody } from '../../../src/contracts/licences.ts';
import type { Api } from '../../api.ts';
import { reissueLicences } from '../../calls.ts';
import { by, type Define, type Done, done } from '../../command.ts';
import { canConfirm, confirm, type YesOption, yesOption } from '../../confirm.ts';
import { type CustomerOption, onCustomerOrAll, takesCustomer } from '../../find-customer.ts';
import { type JsonOption, jsonOption, print } from '../../output.ts';
import type { World } from '../../world.ts';

interface Options extends JsonOption, CustomerOption, YesOption {
  all?: boolean;
  reason: string;
}

/** What to tell the person who stands before a revoked licence. */
export const howToReissue = (id: string): string =>
  `A new licence: tenantry licences reissue ${id} --reason "…", or, when deactivated, tenantry customer reactivate ${id}`;

async function one(world: World, api: Api, id: string, options: Options): Done {
  const sent = await reissueLicences(api, { customer_ids: [id], reason: options.reason });
  if (!sent.ok) return sent;
  print(world, options, sent.value, [`${id} gets a new licence; its instance pulls it within 6 hours`]);
  return done;
}

async function every(world: World, api: Api, options: Options): Done {
  const may = await confirm(world, options, 'Every customer gets a new licence.');
  if (!may.ok) return may;
  const sent = await reissueLicences(api, { all: true, reason: options.reason });
  if (!sent.ok) return sent;
  print(world, options, sent.value, ['every customer gets a new licence; the instances pull theirs within 6 hours']);
  return done;
}

export const licenceReissueCommand: Define = ({ program, world, withApi }) => {
  takesCustomer(program.command('reissue'))
    .description('issue a new licence, also after a revocation')
    .option('--all', 'to every customer')
    .requiredOption('--reason <text>', 'kept in the audit log', by(revokeBody.shape.reason))
    .option(...yesOption)
    .option(...jsonOption)
    .action(
      withApi(
        onCustomerOrAll(
          (api, id, options: Options) => one(world, api, id, options),
          (api, options) => every(world, api, options),
          (options) => (options.all ? canConfirm(world, options) : done),
        ),
      ),
    );
};
