/** `credits`: prepaid credit of a customer, a ledger. */
import { groupOf } from '../command.ts';
import { creditsGrantCommand } from './credits/grant.ts';
import { creditsListCommand } from './credits/list.ts';
import { creditsRevokeCommand } from './credits/revoke.ts';

export const creditsProgram = groupOf('Prepaid credit of customers', [
  creditsListCommand,
  creditsGrantCommand,
  creditsRevokeCommand,
]);
