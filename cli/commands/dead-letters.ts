/** `dead-letters`: what could never be stored and why; one, or all that are open, sent again. */
import { groupOf } from '../command.ts';
import { deadLettersListCommand } from './dead-letters/list.ts';
import { deadLettersReplayCommand } from './dead-letters/replay.ts';
import { deadLettersReplayAllCommand } from './dead-letters/replay-all.ts';

export const deadLettersProgram = groupOf('Usage that could not be stored', [
  deadLettersListCommand,
  deadLettersReplayCommand,
  deadLettersReplayAllCommand,
]);
