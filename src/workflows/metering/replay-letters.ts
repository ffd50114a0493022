/** Sends many dead letters again, some a second. Each is judged when its turn comes, as one alone is (replay-letter.ts). */
import { sql } from 'drizzle-orm';
import { recordWhere } from '../../audit/store.ts';
import * as batchStore from '../../batches/store.ts';
import type { Failure } from '../../contracts/failures.ts';
import type { Write } from '../../db/write.ts';
import { newId } from '../../lib/ids.ts';
import { err, ok } from '../../lib/result.ts';
import { findLetters, findOpenIds, markReplayed } from '../../usage/dead-letter-store.ts';
import { messageIn } from '../../usage/message/message.ts';
import type { Prover } from '../../usage/message/proof.ts';
import type { Context, Planned } from '../deed.ts';
import { actorOf, goOn, goOnWithAll, type Slice } from '../go-on.ts';

export interface ManyReplays {
  /** All open letters of a code, else those named. */
  code: string | undefined;
  ids: readonly string[];
  /** Letters a second. */
  rate: number;
  reason: string | undefined;
}

/** What letters are sent with. */
export interface ReplayMeans {
  queue: Queue;
  prover: Prover;
}

/** What no key of ours has proven would be proven by sending it again: a person names each that is known to be ours. */
const unproven: Failure = {
  code: 'validation_failed',
  message: 'code: unproven messages are sent again by their ids only, when they are known to be ours',
  details: { issues: [{ path: 'code', message: 'unproven messages are sent again by their ids only' }] },
};

/** Plans the order; `continueReplays` carries it out. */
export async function replayLetters(
  { db, now, random, actor }: Context,
  { code, ids, rate, reason }: ManyReplays,
): Promise<Planned<{ batchId: string; matched: number }>> {
  if (code === 'message_unproven') return err(unproven);
  const letters = code === undefined ? [...new Set(ids)] : await findOpenIds(db, code);
  const batchId = newId('batch', random);
  const row = {
    id: batchId,
    action: 'replay' as const,
    rate,
    reason: reason ?? null,
    startedBy: actor.name,
    createdAt: now,
  };
  const details = { letters: letters.length, rate, code: code ?? null, reason: reason ?? null };
  return ok({
    value: { batchId, matched: letters.length },
    writes: batchStore.insertBatch(row, letters),
    audit: [{ action: 'dead_letters.replayed', subject: batchId, details }],
  });
}

type Letter = Awaited<ReturnType<typeof findLetters>>[number];

/** A letter's message, or why there is none to send. */
function judge(
  letter: Letter | undefined,
): { send: string } | { refused: 'not_found' | 'already_replayed' | 'validation_failed' } {
  if (!letter) return { refused: 'not_found' };
  if (letter.replayedAt !== null) return { refused: 'already_replayed' };
  const message = messageIn(letter.body);
  return message === null ? { refused: 'validation_failed' } : { send: message };
}

/** A batch of a queue has at most 256 kB; a message of ours up to 120. */
const sentAtOnce = 2;

/** Sends a slice, then marks it: a mark without a message would lose the letter, sent twice it changes nothing. */
const sliceOf =
  (context: Context, { queue, prover }: ReplayMeans): Slice =>
  async (batch, items) => {
    const letters = new Map(
      (
        await findLetters(
          context.db,
          items.map(({ subject }) => subject),
        )
      ).map((letter) => [letter.id, letter]),
    );
    const judged = items.map((item) => ({
      ...item,
      letter: letters.get(item.subject),
      ...judge(letters.get(item.subject)),
    }));
    const messages = judged.flatMap((item) => ('send' in item ? [prover.prove(item.send)] : []));
    for (let from = 0; from < messages.length; from += sentAtOnce) {
      const part = messages.slice(from, from + sentAtOnce);
      await queue.sendBatch(part.map((body) => ({ body, contentType: 'text' as const })));
    }
    return judged.flatMap((item): Write[] => {
      if (!('send' in item) || !item.letter)
        return [batchStore.decide(batch.id, item.place, sql`${'refused' in item ? item.refused : 'not_found'}`)];
      const { code, customerId } = item.letter;
      const details = { code, customer_id: customerId, batch_id: batch.id };
      const entry = { action: 'dead_letter.replayed', subject: item.subject, details };
      return [
        batchStore.decide(batch.id, item.place, sql`'done'`),
        markReplayed(item.letter, context.now),
        recordWhere(context.random, actorOf(context, batch), context.now, entry, sql`true`),
      ];
    });
  };

/** Takes one order further. */
export const continueReplay = (context: Context, batchId: string, means: ReplayMeans): Promise<void> =>
  goOn(context, batchId, sliceOf(context, means));

/** Cron takes all of them further. @returns how many */
export const continueReplays = (context: Context, means: ReplayMeans): Promise<number> =>
  goOnWithAll(context, ['replay'], sliceOf(context, means));
