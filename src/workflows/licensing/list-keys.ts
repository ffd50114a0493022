/** The licence keys, what each is for and how long it is needed, for who rotates them. Reads only. */

import { secondMs } from '../../lib/time.ts';
import { findPublished } from '../../licences/key-store.ts';
import { publishedMs } from '../../licences/keyring.ts';
import { findNeed } from '../../licences/store.ts';
import type { Context } from '../deed.ts';

/** Times in ms. */
export interface KeyInUse {
  kid: string;
  signs: boolean;
  /** 0 for a key of the first set; null before cron has seen it. */
  publishedAt: number | null;
  /** From when on it may sign; null before cron has seen it. */
  ripeAt: number | null;
  inForce: number;
  /** When the last licence that it signed expires; null when it has signed none. */
  neededUntil: number | null;
}

/** The key that signs comes first. */
export async function listKeys({ db, keyring }: Context): Promise<KeyInUse[]> {
  const { keys } = await keyring();
  const kids = keys.map(({ kid }) => kid);
  const [published, need] = await Promise.all([findPublished(db), findNeed(db, kids)]);
  return kids.map((kid, place) => {
    const publishedAt = published.get(kid) ?? null;
    const { inForce, lastExpiry } = need.find((one) => one.kid === kid) ?? { inForce: 0, lastExpiry: null };
    return {
      kid,
      signs: place === 0,
      publishedAt,
      ripeAt: publishedAt === null ? null : publishedAt + publishedMs,
      inForce,
      neededUntil: lastExpiry === null ? null : lastExpiry * secondMs,
    };
  });
}
