/** `organisations`: who pays for customers, and the namespaces of theirs. Their issuers are set over the API (docs/sign-in.md). */
import { groupOf } from '../command.ts';
import { organisationsAddCommand } from './organisations/add.ts';
import { organisationsAttachCommand } from './organisations/attach.ts';
import { organisationsListCommand } from './organisations/list.ts';

export const organisationsProgram = groupOf('Organisations and the namespaces of their customers', [
  organisationsListCommand,
  organisationsAddCommand,
  organisationsAttachCommand,
]);
