/**
 * Has a link mailed that signs in once. The same is done for every email, also one that nobody has: whether somebody has it
 * is found out when the mail is sent (src/workflows/delivery/send-mail.ts), so nothing can be told from the answer or its time.
 */
import type { Write } from '../../db/write.ts';
import { newId } from '../../lib/ids.ts';
import { sha256Hex } from '../../lib/keys.ts';
import { ok } from '../../lib/result.ts';
import * as outboxStore from '../../outbox/store.ts';
import { insertLink } from '../../sessions/link-store.ts';
import type { Context, Planned } from '../deed.ts';

/** A new link with its mail, for workflows that have one mailed among other things. */
export async function newLink(
  { random, now, linkSecret }: Context,
  email: string,
  about: Record<string, string> = {},
): Promise<{ outboxId: string; writes: Write[] }> {
  const [linkId, outboxId] = [newId('link', random), newId('outbox', random)];
  const payload = { link_id: linkId, ...about };
  return {
    outboxId,
    writes: [
      insertLink({ id: linkId, hash: await sha256Hex(linkSecret(linkId)), email, now }),
      outboxStore.plan({ id: outboxId, kind: 'mail', payload, now }),
    ],
  };
}

/** @param email normalised; null: nothing is mailed, because this one has had too many */
export async function mailLink(context: Context, email: string | null): Promise<Planned<null>> {
  if (email === null) return ok({ value: null, writes: [], audit: [] });
  const { outboxId, writes } = await newLink(context, email);
  return ok({ value: null, writes, audit: [], outbox: [outboxId] });
}
