/** A member changes the password; all other sessions that it, or the old one, has opened end. */
import { type Failure, notFound } from '../../contracts/failures.ts';
import { hashPassword, matching } from '../../customers/password.ts';
import { err, ok } from '../../lib/result.ts';
import { findMember, guardPassword, setPassword } from '../../sessions/member-store.ts';
import { linkMs } from '../../sessions/session.ts';
import { endByPassword, type SessionRow } from '../../sessions/store.ts';
import type { Context, Planned } from '../deed.ts';

export interface PasswordChange {
  /** The session by which it is changed. */
  session: SessionRow;
  old: string | null;
  new: string;
}

/** Whether the session was opened by a link so lately that no old password is asked for. */
const isFreshLink = ({ method, createdAt }: SessionRow, now: number): boolean =>
  method === 'link' && now < createdAt + linkMs;

/**
 * Changes the password. By a fresh link it is the person's for all their customers, because the link has shown that the
 * email is theirs; by the old one it is changed where that one was.
 */
export async function changePassword(context: Context, change: PasswordChange): Promise<Planned<null>> {
  const { now, random } = context;
  const { session } = change;
  const member = await findMember(context.db, session.owner);
  if (!member) return err(notFound);
  const byLink = isFreshLink(session, now);
  if (!byLink && change.old === null) return err(oldNeeded);
  const oldHash = byLink ? null : member.passwordHash;
  if (!byLink && (oldHash === null || !(await matching(change.old ?? '', new Set([oldHash]))).has(oldHash))) {
    return err(oldWrong);
  }
  const newHash = await hashPassword(change.new, random);
  const { email } = member;
  return ok({
    value: null,
    writes: [
      ...(oldHash === null ? [] : [guardPassword(member.id, oldHash)]),
      setPassword({ email, oldHash, newHash }),
      endByPassword({ email, hash: newHash, besidesId: session.id }),
    ],
    audit: [{ action: 'password.changed', subject: member.customerId, details: { member_id: member.id } }],
  });
}

const oldNeeded: Failure = {
  code: 'validation_failed',
  message: 'old: is required, unless you have signed in by a mailed link in the last 15 minutes',
  details: { issues: [{ path: 'old', message: 'is required' }] },
};
const oldWrong: Failure = { code: 'password_wrong', message: 'the old password is wrong' };
