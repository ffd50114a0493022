/** Members of a customer: added, with a mailed invitation, and removed. A customer keeps an owner. */
import { type Failure, notFound } from '../../contracts/failures.ts';
import type { MemberRole } from '../../contracts/route.ts';
import type { WholeCustomer } from '../../customers/store.ts';
import { newId } from '../../lib/ids.ts';
import { err, ok } from '../../lib/result.ts';
import * as memberStore from '../../sessions/member-store.ts';
import { endAll } from '../../sessions/store.ts';
import { guardStatus } from '../../subscriptions/store.ts';
import { meanings } from '../../subscriptions/subscription.ts';
import type { Context, Planned } from '../deed.ts';
import { newLink } from './mail-link.ts';

export interface NewMember {
  /** Normalised. */
  email: string;
  role: MemberRole;
  /** Whether a link is mailed; not to an email that has had too many of them. */
  mailed: boolean;
}

/** A further member, who has no password yet: the mailed link, or another one, signs in. */
export async function addMember(
  context: Context,
  { customer, subscription }: WholeCustomer,
  { email, role, mailed }: NewMember,
): Promise<Planned<memberStore.MemberRow>> {
  const { now, random } = context;
  if (!meanings[subscription.status].accountKeys) return err(deactivated);
  const row = { id: newId('member', random), customerId: customer.id, email, role, createdAt: now };
  const link = mailed ? await newLink(context, email, { invited_to: customer.id }) : null;
  return ok({
    value: { ...row, passwordHash: null, lastSignedInAt: null },
    writes: [guardStatus(customer.id, subscription.status), memberStore.insertMember(row), ...(link?.writes ?? [])],
    audit: [{ action: 'member.added', subject: customer.id, details: { member_id: row.id, role } }],
    outbox: link ? [link.outboxId] : [],
    refused: (constraint) => (constraint === memberStore.memberTaken ? taken : null),
  });
}

const deactivated: Failure = {
  code: 'already_deactivated',
  message: 'a deactivated customer gets no members; reactivate it first',
};
const taken: Failure = { code: 'member_exists', message: 'somebody with this email is a member already' };

/** Takes a member away; their sessions end. */
export async function removeMember(
  { db }: Context,
  { customer }: WholeCustomer,
  memberId: string,
): Promise<Planned<null>> {
  const member = await memberStore.findMemberOf(db, customer.id, memberId);
  if (!member) return err(notFound);
  const isOwner = member.role === 'owner';
  if (isOwner && !(await memberStore.isOwnerLeft(db, customer.id, memberId))) return err(lastOwner);
  return ok({
    value: null,
    writes: [
      ...(isOwner ? [memberStore.guardOwnerLeft(customer.id, memberId)] : []),
      endAll(memberId),
      memberStore.removeMember(memberId),
    ],
    audit: [{ action: 'member.removed', subject: customer.id, details: { member_id: memberId, role: member.role } }],
  });
}

const lastOwner: Failure = {
  code: 'last_owner',
  message: 'the last owner cannot be removed; make somebody else an owner first',
};
