/** `organisations`: who pays for customers, the namespaces of theirs, and where their people sign in. */
import { groupOf } from '../command.ts';
import { organisationsAddCommand } from './organisations/add.ts';
import { organisationsAttachCommand } from './organisations/attach.ts';
import { organisationsDetachCommand } from './organisations/detach.ts';
import { organisationsIssuerCommand } from './organisations/issuer.ts';
import { organisationsListCommand } from './organisations/list.ts';

export const organisationsProgram = groupOf('Organisations and the namespaces of their customers', [
  organisationsListCommand,
  organisationsAddCommand,
  organisationsAttachCommand,
  organisationsDetachCommand,
  organisationsIssuerCommand,
]);
