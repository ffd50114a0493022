/** Cron notes which licence keys are published, since a key may sign only some time after that (keyring.ts). */
import { commit } from '../../db/client.ts';
import { findPublished, notePublished } from '../../licences/key-store.ts';
import type { Context } from '../deed.ts';

/** @returns how many keys are new */
export async function noteKeys({ db, keyring, now }: Context): Promise<number> {
  const [{ keys }, known] = await Promise.all([keyring(), findPublished(db)]);
  const unseen = keys.map(({ kid }) => kid).filter((kid) => !known.has(kid));
  if (unseen.length > 0) await commit(db, [notePublished(unseen, now)]);
  return unseen.length;
}
