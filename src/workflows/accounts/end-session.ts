/** Somebody ends a session of their own: the one of the request, or another. */
import { notFound } from '../../contracts/failures.ts';
import { err, ok } from '../../lib/result.ts';
import { findShown } from '../../sessions/shown-store.ts';
import { end } from '../../sessions/store.ts';
import type { Context, Planned } from '../deed.ts';

/** @param owner whose sessions those of the caller are; null for who has none */
export async function endSession(
  { db, now }: Context,
  { sessionId, owner }: { sessionId: string; owner: string | null },
): Promise<Planned<null>> {
  const found = owner === null ? null : await findShown(db, sessionId, owner, now);
  if (!found) return err(notFound);
  return ok({
    value: null,
    writes: [end(sessionId)],
    audit: [{ action: 'session.ended', subject: sessionId, details: { owner: found.session.owner } }],
  });
}
