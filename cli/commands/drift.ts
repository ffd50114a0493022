/** `drift`: what differs between our rows and Stripe: listed, compared anew, mended or let be. */
import { groupOf } from '../command.ts';
import { driftFixCommand, driftIgnoreCommand } from './drift/decide.ts';
import { driftListCommand } from './drift/list.ts';
import { driftRunCommand } from './drift/run.ts';

export const driftProgram = groupOf('What differs between our rows and Stripe', [
  driftListCommand,
  driftRunCommand,
  driftFixCommand,
  driftIgnoreCommand,
]);
