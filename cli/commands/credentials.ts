/** `credentials`: keys and tokens of every kind, listed, rotated and revoked in one place. */
import { groupOf } from '../command.ts';
import { credentialsListCommand } from './credentials/list.ts';
import { credentialsRevokeCommand } from './credentials/revoke.ts';
import { credentialsRotateCommand } from './credentials/rotate.ts';

export const credentialsProgram = groupOf('Keys and tokens of every kind', [
  credentialsListCommand,
  credentialsRotateCommand,
  credentialsRevokeCommand,
]);
