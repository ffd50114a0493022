/** `members add`: one more member, who is mailed a link. */

import type { MemberRole } from '../../../src/contracts/route.ts';
import { addMember } from '../../../src/contracts/routes/sessions.ts';
import { memberBody, memberRole } from '../../../src/contracts/sessions.ts';
import type { Api } from '../../api.ts';
import { by, type Define, type Done, done } from '../../command.ts';
import { type CustomerOption, onCustomer, takesCustomer } from '../../find-customer.ts';
import { type JsonOption, jsonOption, print } from '../../output.ts';
import type { World } from '../../world.ts';

interface Options extends JsonOption, CustomerOption {
  email: string;
  role: MemberRole;
}

async function add(world: World, api: Api, id: string, options: Options): Done {
  const { email, role } = options;
  const made = await api.call(addMember, { params: { customerId: id }, body: { email, role } });
  if (!made.ok) return made;
  const { member } = made.value;
  print(world, options, made.value, [`${member.email} is ${member.role} of ${id}: ${member.member_id}`]);
  return done;
}

export const membersAddCommand: Define = ({ program, world, withApi }) => {
  takesCustomer(program.command('add'))
    .description('let somebody sign in; mails them a link')
    .requiredOption('--email <email>', 'whom', by(memberBody.shape.email))
    .requiredOption('--role <role>', memberRole.options.join(', '), by(memberRole))
    .option(...jsonOption)
    .action(withApi(onCustomer((api, id, options: Options) => add(world, api, id, options))));
};
