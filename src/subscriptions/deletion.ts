/**
 * When what a customer has left is deleted. Where there is time for it, a mail of its own warns of it a week before, and nothing
 * is deleted before that mail is a week old: a shorter time that an operator sets takes nobody unawares. Pure.
 */
import { dayMs } from '../lib/time.ts';

/** How long before the deletion its warning is mailed. */
export const warningMs = 7 * dayMs;

export interface Deletion {
  /** Who was canceled by then is due, ms. */
  canceledBefore: number;
  /** Who was warned by then may be deleted; null where the mail of the end has told the day, too. */
  warnedBefore: number | null;
  /** Who was canceled by then is warned; null where nobody is. */
  warnBefore: number | null;
}

/** What is due at `now` if data is kept for `keptMs` after a cancellation. */
export function deletionAt(now: number, keptMs: number): Deletion {
  const warns = keptMs > warningMs;
  return {
    canceledBefore: now - keptMs,
    warnedBefore: warns ? now - warningMs : null,
    warnBefore: warns ? now - (keptMs - warningMs) : null,
  };
}
