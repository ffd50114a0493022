/** What a key is worth now. Pure. */
import type { AccountKeyView } from '../../../src/contracts/customers.ts';

type Ends = Pick<AccountKeyView, 'expires_at' | 'revoked_at'>;

export type KeyState =
  | { kind: 'works' | 'revoked' | 'expired' }
  /** It has been rotated and works on beside the new one, or expires at a day. */
  | { kind: 'works_until'; at: string };

/** @param now ms */
export function keyStateOf({ expires_at, revoked_at }: Ends, now: number): KeyState {
  if (revoked_at !== null && Date.parse(revoked_at) <= now) return { kind: 'revoked' };
  if (expires_at !== null && Date.parse(expires_at) <= now) return { kind: 'expired' };
  const ends = [revoked_at, expires_at].filter((at) => at !== null).sort((a, b) => Date.parse(a) - Date.parse(b));
  const [first] = ends;
  return first === undefined ? { kind: 'works' } : { kind: 'works_until', at: first };
}
