/**
 * Signs somebody in: by the password of a member, by a mailed link, or by an admin token. Whatever is wrong with what was
 * shown, the answer is the same. A session that the caller's browser had ends with the new one's beginning.
 */

import { type Failure, notFound } from '../../contracts/failures.ts';
import { findPrincipal } from '../../credentials/live-store.ts';
import { rootName } from '../../credentials/principal.ts';
import { matching } from '../../customers/password.ts';
import type { Write } from '../../db/write.ts';
import { parseKey, sameHash, sha256Hex } from '../../lib/keys.ts';
import { err, ok, type Result } from '../../lib/result.ts';
import { findUsable, useLink } from '../../sessions/link-store.ts';
import { findMemberships, guardPassword, noteSignIn } from '../../sessions/member-store.ts';
import type { Grant } from '../../sessions/session.ts';
import type { ShownSession } from '../../sessions/shown-store.ts';
import { chosen, linkInvalid, type Membership, mayEnter, type Shown, signInFailed } from '../../sessions/sign-in.ts';
import { end } from '../../sessions/store.ts';
import type { Context, Planned } from '../deed.ts';
import { type OpenedSession, openSession } from '../open-session.ts';

export interface SignInInput {
  shown: Shown;
  /** The environment's own admin token. */
  rootToken: string;
  /** The session that the request came by, which ends; null without one. */
  currentId: string | null;
}

/** A session, or the customers among which the person has to choose: then nothing was used up. */
export type SignedIn =
  | { kind: 'opened'; session: OpenedSession; shown: ShownSession }
  | { kind: 'choose'; memberships: readonly Membership[] };

/** What was proved: the grant with what is shown of it, and what belongs into the batch that opens the session. */
interface Proved {
  grant: Grant;
  of: Pick<ShownSession, 'member' | 'customer' | 'token'>;
  /** Whom the audit log names. */
  subject: string;
  writes: readonly Write[];
}
type Proof = Result<Proved | { choose: readonly Membership[] }, Failure>;

export async function signIn(
  context: Context,
  { shown, rootToken, currentId }: SignInInput,
): Promise<Planned<SignedIn>> {
  const proof = await prove(context, shown, rootToken);
  if (!proof.ok) return proof;
  if ('choose' in proof.value) {
    return ok({ value: { kind: 'choose', memberships: proof.value.choose }, writes: [], audit: [] });
  }
  const { grant, of, subject, writes } = proof.value;
  const { session, row, stored } = await openSession(context, grant);
  return ok({
    value: { kind: 'opened', session, shown: { session: row, organisation: null, ...of } },
    writes: [...writes, ...(currentId === null ? [] : [end(currentId)]), stored],
    audit: [{ action: 'session.opened', subject, details: { session_id: row.id, owner: row.owner, by: row.method } }],
  });
}

function prove(context: Context, shown: Shown, rootToken: string): Promise<Proof> {
  switch (shown.way) {
    case 'password':
      return byPassword(context, shown);
    case 'link':
      return byLink(context, shown);
    case 'token':
      return byToken(context, shown.token, rootToken);
  }
}

async function byPassword(
  context: Context,
  { email, password, customerId }: Extract<Shown, { way: 'password' }>,
): Promise<Proof> {
  const memberships = (await findMemberships(context.db, email)).filter(mayEnter);
  const hashes = new Set(memberships.flatMap(({ passwordHash }) => passwordHash ?? []));
  const right = await matching(password, hashes);
  const one = chosen(
    memberships.filter(({ passwordHash }) => right.has(passwordHash ?? '')),
    customerId,
  );
  if (one === null) return err(signInFailed);
  // Whoever changes the password beside this ends the sessions that there are: this one must not come after them.
  return memberProof(context, one, 'password', (of) => [guardPassword(of.memberId, of.passwordHash ?? '')]);
}

async function byLink(context: Context, { link, customerId }: Extract<Shown, { way: 'link' }>): Promise<Proof> {
  const { db, now } = context;
  const found = await findUsable(db, await sha256Hex(link), now);
  if (!found) return err(linkInvalid);
  const memberships = (await findMemberships(db, found.email)).filter(mayEnter);
  const one = chosen(memberships, customerId);
  if (one === null) return err(memberships.length === 0 ? linkInvalid : notFound);
  return memberProof(context, one, 'link', () => useLink(found.id, now));
}

function memberProof(
  { now }: Context,
  one: Membership | readonly Membership[],
  method: 'password' | 'link',
  writes: (of: Membership) => Write[],
): Proof {
  if (!('memberId' in one)) return ok({ choose: one });
  const { memberId, email, role, customerId, companyName } = one;
  return ok({
    grant: { kind: 'account', memberId, method },
    of: { member: { email, role }, customer: { id: customerId, companyName }, token: null },
    subject: customerId,
    writes: [...writes(one), noteSignIn(memberId, now)],
  });
}

async function byToken({ db, now }: Context, token: string, rootToken: string): Promise<Proof> {
  const [hash, rootHash] = await Promise.all([sha256Hex(token), sha256Hex(rootToken)]);
  const none = { member: null, customer: null };
  if (sameHash(hash, rootHash)) {
    const grant = { kind: 'root', credentialId: 'root', rootHash } as const;
    return ok({ grant, of: { ...none, token: { name: rootName, role: 'owner' } }, subject: 'root', writes: [] });
  }
  const key = parseKey(token);
  const found = key?.kind === 'admin' ? await findPrincipal(db, 'admin', { owner: key.owner, hash }, now) : null;
  if (found?.kind !== 'admin') return err(signInFailed);
  const { keyId: credentialId, name, role } = found;
  return ok({
    grant: { kind: 'token', credentialId },
    of: { ...none, token: { name, role } },
    subject: credentialId,
    writes: [],
  });
}
