/** Gives a dead letter up for good: what it reported will never be stored. The log keeps who did so, why, and for whom. */
import { notFound } from '../../contracts/failures.ts';
import { err, ok } from '../../lib/result.ts';
import { dropLetter, findLetter } from '../../usage/dead-letter-store.ts';
import type { Context, Planned } from '../deed.ts';

export async function dropDeadLetter(
  { db }: Context,
  { id, reason }: { id: string; reason: string },
): Promise<Planned<null>> {
  const letter = await findLetter(db, id);
  if (!letter) return err(notFound);
  const { code, customerId } = letter;
  return ok({
    value: null,
    writes: [dropLetter(id)],
    audit: [{ action: 'dead_letter.dropped', subject: id, details: { code, customer_id: customerId, reason } }],
  });
}
