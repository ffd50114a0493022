/** `spend-cap`: what a customer lets a period cost. */
import { groupOf } from '../command.ts';
import { spendCapRemoveCommand } from './spend-cap/remove.ts';
import { spendCapSetCommand } from './spend-cap/set.ts';
import { spendCapShowCommand } from './spend-cap/show.ts';

export const spendCapProgram = groupOf('What customers let a period cost', [
  spendCapShowCommand,
  spendCapSetCommand,
  spendCapRemoveCommand,
]);
