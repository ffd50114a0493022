/** `licences`: the licence in force, every one ever issued, the public keys, revocation and new ones. No token is printed. */
import { groupOf } from '../command.ts';
import { licenceHistoryCommand } from './licences/history.ts';
import { licenceKeysCommand } from './licences/keys.ts';
import { licenceReissueCommand } from './licences/reissue.ts';
import { licenceRevokeCommand } from './licences/revoke.ts';
import { licenceRotateCommand } from './licences/rotate.ts';
import { licenceShowCommand } from './licences/show.ts';

export const licencesProgram = groupOf('Licences of customers', [
  licenceShowCommand,
  licenceHistoryCommand,
  licenceKeysCommand,
  licenceRotateCommand,
  licenceRevokeCommand,
  licenceReissueCommand,
]);
