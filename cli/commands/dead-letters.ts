/** `dead-letters`: what could never be stored and why; one, those of a code, or all that are open, sent again; given up. */
import { groupOf } from '../command.ts';
import { deadLettersDropCommand } from './dead-letters/drop.ts';
import { deadLettersGroupsCommand } from './dead-letters/groups.ts';
import { deadLettersListCommand } from './dead-letters/list.ts';
import { deadLettersReplayCommand } from './dead-letters/replay.ts';
import { deadLettersReplayAllCommand } from './dead-letters/replay-all.ts';

export const deadLettersProgram = groupOf('Usage that could not be stored', [
  deadLettersListCommand,
  deadLettersGroupsCommand,
  deadLettersReplayCommand,
  deadLettersReplayAllCommand,
  deadLettersDropCommand,
]);
