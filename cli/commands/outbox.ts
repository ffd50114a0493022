/** `outbox`: what must leave the system; whether it goes to Stripe. */
import { groupOf } from '../command.ts';
import { outboxOpenCommand, outboxShutCommand } from './outbox/gate.ts';
import { outboxListCommand } from './outbox/list.ts';

export const outboxProgram = groupOf('What must reach Stripe, a queue or a mailbox', [
  outboxListCommand,
  outboxShutCommand,
  outboxOpenCommand,
]);
