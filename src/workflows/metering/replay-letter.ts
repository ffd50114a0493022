/** Sends a dead letter to the usage queue again: its rows, or the message that could not be read or proven to be ours. */
import { type Failure, notFound } from '../../contracts/failures.ts';
import { reasonOf } from '../../lib/reason.ts';
import { err, ok } from '../../lib/result.ts';
import { findLetter, markReplayed } from '../../usage/dead-letter-store.ts';
import { messageIn } from '../../usage/message/message.ts';
import type { Prover } from '../../usage/message/proof.ts';
import type { Context, Planned } from '../deed.ts';

const queueDown: Failure = {
  code: 'unavailable',
  message: 'the queue does not take it now, try again',
  retryAfterSeconds: 10,
};

export interface Replay {
  id: string;
  queue: Queue;
  prover: Prover;
}

/**
 * Proves the letter's message anew, for the operator who sends it says that it is ours, and sends it. That is before the plan
 * is made: a mark without a message would lose the letter, sent twice it changes nothing.
 */
export async function replayLetter(
  { db, now, log }: Context,
  { id, queue, prover }: Replay,
): Promise<Planned<{ id: string; at: number }>> {
  const letter = await findLetter(db, id);
  if (!letter) return err(notFound);
  if (letter.replayedAt !== null) {
    return err({ code: 'already_replayed', message: 'this letter was sent again already' });
  }
  const message = messageIn(letter.body);
  if (message === null) {
    return err({ code: 'validation_failed', message: 'this letter is not a usage message and cannot be sent again' });
  }
  try {
    await queue.send(prover.prove(message), { contentType: 'text' });
  } catch (error) {
    log('warn', 'a dead letter could not be sent again', { id, error: reasonOf(error) });
    return err(queueDown);
  }
  return ok({
    value: { id, at: now },
    writes: [markReplayed(letter, now)],
    audit: [
      { action: 'dead_letter.replayed', subject: id, details: { code: letter.code, customer_id: letter.customerId } },
    ],
  });
}
