/** `members`: who may sign in for a customer. Passwords and links are theirs: nothing of them is shown here. */
import { groupOf } from '../command.ts';
import { membersAddCommand } from './members/add.ts';
import { membersListCommand } from './members/list.ts';
import { membersRemoveCommand } from './members/remove.ts';

export const membersProgram = groupOf('Who may sign in for customers', [
  membersListCommand,
  membersAddCommand,
  membersRemoveCommand,
]);
