/** Signs up whoever opens the link that was mailed to them: once, with what was asked for, and a password if they set one. */
import type { Failure } from '../../contracts/failures.ts';
import { findPending, usePending } from '../../customers/pending-signup-store.ts';
import { sha256Hex } from '../../lib/keys.ts';
import { err, ok } from '../../lib/result.ts';
import type { Context, Planned } from '../deed.ts';
import type { KeptInput } from './hold-sign-up.ts';
import { type SignedUp, type SignUpInput, signUp } from './sign-up.ts';

export interface Verification {
  secret: string;
  password: string | null;
  /** The plans that may be signed up for by now. */
  offered: SignUpInput['offered'];
}

const linkInvalid: Failure = {
  code: 'link_invalid',
  message: 'this link signs nobody up, or not any more; sign up again, and the newest mail counts',
};

/** A cluster without room refuses the signup, not the link, which works again later. */
export async function verifySignUp(
  context: Context,
  { secret, password, offered }: Verification,
): Promise<Planned<SignedUp>> {
  const pending = await findPending(context.db, await sha256Hex(secret), context.now);
  const kept = pending && (await context.sealer.open('signup', pending.id, pending.input));
  if (!pending || kept === null) return err(linkInvalid);
  const input = JSON.parse(kept) as KeptInput;
  const planned = await signUp(context, {
    ...input,
    email: pending.email,
    password,
    offered,
    organisationId: null,
    asker: 'public',
  });
  if (!planned.ok) return planned;
  const { writes, audit, ...others } = planned.value;
  return ok({ ...others, audit, writes: [...usePending(pending.id), ...writes] });
}
