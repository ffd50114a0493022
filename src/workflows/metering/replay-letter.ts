/** Sends a dead letter's rows again. */
import { type Failure, notFound } from '../../contracts/failures.ts';
import { reasonOf } from '../../lib/reason.ts';
import { err, ok } from '../../lib/result.ts';
import { findLetter, markReplayed } from '../../usage/dead-letter-store.ts';
import { readLoose } from '../../usage/message/row.ts';
import type { Context, Planned } from '../deed.ts';

const queueDown: Failure = {
  code: 'unavailable',
  message: 'the queue does not take it now, try again',
  retryAfterSeconds: 10,
};

export interface Replay {
  id: string;
  queue: Queue;
}

/** The letter goes to the queue before the plan is made: a mark without a message would lose it, twice sent changes nothing. */
export async function replayLetter(
  { db, now, log }: Context,
  { id, queue }: Replay,
): Promise<Planned<{ id: string; at: number }>> {
  const letter = await findLetter(db, id);
  if (!letter) return err(notFound);
  if (letter.replayedAt !== null) {
    return err({ code: 'already_replayed', message: 'this letter was sent again already' });
  }
  if (!readLoose(letter.body)) {
    return err({ code: 'validation_failed', message: 'this letter is not a usage message and cannot be sent again' });
  }
  try {
    await queue.send(JSON.stringify(letter.body), { contentType: 'text' });
  } catch (error) {
    log('warn', 'a dead letter could not be sent again', { id, error: reasonOf(error) });
    return err(queueDown);
  }
  return ok({
    value: { id, at: now },
    writes: [markReplayed(letter, now)],
    audit: [{ action: 'dead_letter.replayed', subject: id, details: { code: letter.code } }],
  });
}
