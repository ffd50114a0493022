/** `reviews`: reports that wait for a person: listed with what accepting them moves, accepted, rejected. */
import { groupOf } from '../command.ts';
import { reviewsAcceptCommand, reviewsRejectCommand } from './reviews/decide.ts';
import { reviewsListCommand } from './reviews/list.ts';

export const reviewsProgram = groupOf('Reports that would change what stands, and wait for a person', [
  reviewsListCommand,
  reviewsAcceptCommand,
  reviewsRejectCommand,
]);
