/** The secret of a mailed link: it was made by the first of the Worker's keys, which may not be the first any more. */
import { sha256Hex } from '../../lib/keys.ts';
import type { Carriers } from './carriers.ts';

/** The one whose hash is stored; null where the key that made it is gone. */
export async function secretOf(
  { linkSecrets }: Pick<Carriers, 'linkSecrets'>,
  { id, hash }: { id: string; hash: string },
): Promise<string | null> {
  for (const secret of linkSecrets(id)) if ((await sha256Hex(secret)) === hash) return secret;
  return null;
}
