/** `webhooks`: what Stripe has told us; one event, or all dead ones, processed again; what has not come; on the stand-in a made-up one. */
import { groupOf } from '../command.ts';
import { webhooksCatchUpCommand } from './webhooks/catch-up.ts';
import { webhooksListCommand } from './webhooks/list.ts';
import { webhooksReplayCommand } from './webhooks/replay.ts';
import { webhooksShowCommand } from './webhooks/show.ts';
import { webhooksTriggerCommand } from './webhooks/trigger.ts';

export const webhooksProgram = groupOf('Events of Stripe', [
  webhooksListCommand,
  webhooksShowCommand,
  webhooksReplayCommand,
  webhooksCatchUpCommand,
  webhooksTriggerCommand,
]);
