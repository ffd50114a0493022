/** `members list`: who may sign in for a customer, and when they last did. */
import { listMembers } from '../../../src/contracts/routes/sessions.ts';
import type { MemberView } from '../../../src/contracts/sessions.ts';
import type { Api } from '../../api.ts';
import { type Define, type Done, done } from '../../command.ts';
import { type CustomerOption, onCustomer, takesCustomer } from '../../find-customer.ts';
import { dateOf, minuteOrDash } from '../../format/amounts.ts';
import { type Column, tableOf } from '../../format/table.ts';
import { type JsonOption, jsonOption, print } from '../../output.ts';
import { type PageOptions, pageLines, takesPage } from '../../pages.ts';
import type { World } from '../../world.ts';

interface Options extends JsonOption, CustomerOption, PageOptions {}

const columns: readonly Column[] = [
  { title: 'member' },
  { title: 'email' },
  { title: 'role' },
  { title: 'added' },
  { title: 'last signed in' },
];

const rowOf = (member: MemberView): string[] => [
  member.member_id,
  member.email,
  member.role,
  dateOf(member.created_at),
  minuteOrDash(member.last_signed_in_at),
];

async function list(world: World, api: Api, id: string, options: Options): Done {
  const { page, limit } = options;
  const read = await api.call(listMembers, { params: { customerId: id }, query: { page, limit } });
  if (!read.ok) return read;
  const table = tableOf(columns, read.value.items.map(rowOf));
  print(world, options, read.value, pageLines(options, read.value.total, 'members', table));
  return done;
}

export const membersListCommand: Define = ({ program, world, withApi }) => {
  takesPage(takesCustomer(program.command('list')), 'members')
    .description('who may sign in for a customer')
    .option(...jsonOption)
    .action(withApi(onCustomer((api, id, options: Options) => list(world, api, id, options))));
};
