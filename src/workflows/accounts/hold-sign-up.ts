/**
 * Keeps a signup until its email is verified, and has the link mailed. Nothing is provisioned before. The same is done for
 * every email, also one that a customer has: that is found out when the mail is sent, so nothing can be told from the answer.
 *
 * The password of such a signup is not kept: somebody else may have typed it, and whoever has the mailbox would confirm it.
 */
import { pendingMs } from '../../customers/pending-signup.ts';
import { keepPending } from '../../customers/pending-signup-store.ts';
import { newId } from '../../lib/ids.ts';
import { sha256Hex } from '../../lib/keys.ts';
import { ok } from '../../lib/result.ts';
import * as outboxStore from '../../outbox/store.ts';
import { findCatalogue } from '../../pricing/catalogue-store.ts';
import type { Context, Planned } from '../deed.ts';
import { choosePlan, type SignUpInput } from './sign-up.ts';

export interface Held {
  email: string;
  /** When the mailed link works no more, ms. */
  expiresAt: number;
}

/** What is asked for, as it is kept. */
export type KeptInput = Pick<SignUpInput, 'companyName' | 'fullName' | 'plan'>;

/** @param mailed false: this email has had too many links; the answer is the same */
export async function holdSignUp(
  { db, now, random, linkSecret, sealer }: Context,
  input: SignUpInput,
  mailed: boolean,
): Promise<Planned<Held>> {
  const { email, companyName, fullName, plan } = input;
  const chosen = choosePlan(await findCatalogue(db), input);
  if (!chosen.ok) return chosen;
  const expiresAt = now + pendingMs;
  if (!mailed) return ok({ value: { email, expiresAt }, writes: [], audit: [] });
  const [id, outboxId] = [newId('pendingSignup', random), newId('outbox', random)];
  const kept: KeptInput = { companyName, fullName, plan };
  return ok({
    value: { email, expiresAt },
    writes: [
      ...keepPending({
        id,
        email,
        hash: await sha256Hex(linkSecret(id)),
        input: await sealer.seal('signup', id, JSON.stringify(kept)),
        createdAt: now,
        expiresAt,
      }),
      outboxStore.plan({ id: outboxId, kind: 'signup_mail', payload: { signup_id: id }, now }),
    ],
    audit: [],
    outbox: [outboxId],
  });
}
