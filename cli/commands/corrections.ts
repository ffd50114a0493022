/** `corrections`: usage that a person puts right: listed, looked at beforehand, made, many from a file. */
import { groupOf } from '../command.ts';
import { correctionsFileCommand } from './corrections/file.ts';
import { correctionsListCommand } from './corrections/list.ts';
import { correctionsAddCommand, correctionsPreviewCommand } from './corrections/one.ts';

export const correctionsProgram = groupOf('Usage that a person puts right, and what that moves of the bill', [
  correctionsListCommand,
  correctionsPreviewCommand,
  correctionsAddCommand,
  correctionsFileCommand,
]);
