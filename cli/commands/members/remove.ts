/** `members remove`: a member signs in no more, and is signed out. Asks first. */
import { removeMember } from '../../../src/contracts/routes/sessions.ts';
import { memberId } from '../../../src/contracts/sessions.ts';
import type { Api } from '../../api.ts';
import { by, type Define, type Done, done } from '../../command.ts';
import { canConfirm, confirm, type YesOption, yesOption } from '../../confirm.ts';
import { type CustomerName, type CustomerOption, onCustomer, takesCustomer } from '../../find-customer.ts';
import { type JsonOption, jsonOption, print } from '../../output.ts';
import type { World } from '../../world.ts';

interface Options extends JsonOption, CustomerOption, YesOption {}

async function remove(world: World, api: Api, id: string, member: string, options: Options): Done {
  const may = await confirm(world, options, `${member} of ${id} is signed out at once.`);
  if (!may.ok) return may;
  const gone = await api.call(removeMember, { params: { customerId: id, memberId: member } });
  if (!gone.ok) return gone;
  print(world, options, { customer_id: id, member_id: member, removed: true }, [`${member} is removed`]);
  return done;
}

export const membersRemoveCommand: Define = ({ program, world, withApi }) => {
  takesCustomer(program.command('remove').argument('<member>', 'mem_ + 32 hex digits', by(memberId)))
    .description('take a member away; their sessions end')
    .option(...yesOption)
    .option(...jsonOption)
    .action(
      withApi((api, member: string, argument: CustomerName | undefined, options: Options) =>
        onCustomer(
          (_, id, o: Options) => remove(world, api, id, member, o),
          (o) => canConfirm(world, o),
        )(api, argument, options),
      ),
    );
};
