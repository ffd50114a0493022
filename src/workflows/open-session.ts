/**
 * Opens a session for what has been proved: a new id and a new secret every time, so that a cookie which the caller brought
 * is never taken over. Every way to sign in ends here.
 */

import type { Write } from '../db/write.ts';
import { hex, newId } from '../lib/ids.ts';
import { sha256Hex } from '../lib/keys.ts';
import type { Grant } from '../sessions/session.ts';
import { insert, rowOf, type SessionRow } from '../sessions/store.ts';
import type { Context } from './deed.ts';

const secretBytes = 32;

export interface OpenedSession {
  sessionId: string;
  /** The cookie's value, 256 bits in hex. It is in the answer's cookie and nowhere else. */
  secret: string;
  /** The end at the latest, ms: the cookie ends with it. */
  endsAt: number;
}

/** A session with its row, and the statement that stores it. */
export async function openSession(
  { random, now }: Pick<Context, 'random' | 'now'>,
  grant: Grant,
): Promise<{ session: OpenedSession; row: SessionRow; stored: Write }> {
  const secret = hex(random(secretBytes));
  const row = rowOf({ id: newId('session', random), hash: await sha256Hex(secret), grant, now });
  return { session: { sessionId: row.id, secret, endsAt: row.endsAt }, row, stored: insert(row) };
}
