/** `licences reissue`: a new licence in the place of the old one, also of a revoked one. */
import { revokeBody } from '../../../src/contracts/licences.ts';
import { reissueLicences } from '../../../src/contracts/routes/licences.ts';
import type { Api } from '../../api.ts';
import { by, type Define, type Done, done } from '../../command.ts';
import { canConfirm, confirm, type YesOption, yesOption } from '../../confirm.ts';
import { type CustomerOption, onCustomerOrAll, takesCustomer } from '../../find-customer.ts';
import { counted } from '../../format/amounts.ts';
import { type JsonOption, jsonOption, print } from '../../output.ts';
import { watchBatch } from '../../progress.ts';
import type { World } from '../../world.ts';

interface Options extends JsonOption, CustomerOption, YesOption {
  all?: boolean;
  reason: string;
}

/** What to tell the person who stands before a revoked licence. */
export const howToReissue = (id: string): string =>
  `A new licence: tenantry licences reissue ${id} --reason "…", or, when deactivated, tenantry customer reactivate ${id}`;

async function one(world: World, api: Api, id: string, options: Options): Done {
  const sent = await api.call(reissueLicences, { body: { customer_ids: [id], reason: options.reason } });
  if (!sent.ok) return sent;
  print(world, options, sent.value, [`${id} gets a new licence; its instance pulls it within 6 hours`]);
  return done;
}

async function every(world: World, api: Api, options: Options): Done {
  const may = await confirm(world, options, 'Every customer whose licence is in force gets a new one.');
  if (!may.ok) return may;
  const sent = await api.call(reissueLicences, { body: { all: true, reason: options.reason } });
  if (!sent.ok) return sent;
  const { batch_id: id = '' } = sent.value;
  const ended = await watchBatch(world, api, id);
  if (!ended.ok) return ended;
  const { done: issued, matched, refused } = ended.value;
  print(world, options, ended.value, [
    `new licences: ${issued} of ${counted(matched, 'customer')}; the instances pull theirs within 6 hours`,
    ...refused.map(({ code, items }) => `left as they are: ${items}, ${code}`),
  ]);
  return done;
}

export const licenceReissueCommand: Define = ({ program, world, withApi }) => {
  takesCustomer(program.command('reissue'))
    .description('issue a new licence, also after a revocation')
    .option('--all', 'to every customer whose licence is in force')
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
