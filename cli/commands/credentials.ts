/** `credentials`: keys and tokens of every kind, listed and revoked in one place. */
import { groupOf } from '../command.ts';
import { credentialsListCommand } from './credentials/list.ts';
import { credentialsRevokeCommand } from './credentials/revoke.ts';

export const credentialsProgram = groupOf('Keys and tokens of every kind', [
  credentialsListCommand,
  credentialsRevokeCommand,
]);
