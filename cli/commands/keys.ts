/** `keys`: the account keys of a customer. A secret is printed where it was made, once. */
import { groupOf } from '../command.ts';
import { keysCreateCommand } from './keys/create.ts';
import { keysListCommand } from './keys/list.ts';
import { keysRevokeCommand } from './keys/revoke.ts';
import { keysRotateCommand } from './keys/rotate.ts';

export const keysProgram = groupOf('Account keys of customers', [
  keysListCommand,
  keysCreateCommand,
  keysRotateCommand,
  keysRevokeCommand,
]);
