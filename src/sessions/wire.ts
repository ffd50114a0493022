/** From rows of sessions and members to the bodies of answers. Pure. */
import type { z } from 'zod';
import type { MemberView, SessionView, sessionChoice } from '../contracts/sessions.ts';
import { rootName } from '../credentials/principal.ts';
import { iso, isoOrNull } from '../lib/time.ts';
import type { MemberRow } from './member-store.ts';
import type { ShownSession } from './shown-store.ts';
import type { Membership } from './sign-in.ts';

function nameOf({ session, member, token }: ShownSession): string {
  switch (session.kind) {
    case 'account':
      return member?.email ?? '';
    case 'admin':
      return session.name ?? token?.name ?? rootName;
    case 'person':
      return session.subject ?? '';
  }
}

/** A session as its owner sees it. `currentId` is that of the request's own session. */
export function toSession(shown: ShownSession, currentId: string | null): SessionView {
  const { session, member, customer, organisation, token } = shown;
  const { namespaces } = session;
  return {
    session_id: session.id,
    kind: session.kind,
    name: nameOf(shown),
    customer:
      member && customer ? { customer_id: customer.id, company_name: customer.companyName, role: member.role } : null,
    admin_role: session.kind === 'admin' ? (session.role ?? token?.role ?? 'owner') : null,
    organisation: organisation
      ? {
          organisation_id: organisation.id,
          slug: organisation.slug,
          name: organisation.name,
          role: namespaces === null ? 'org-admin' : 'project-user',
          namespaces: namespaces === null ? null : [...namespaces],
        }
      : null,
    created_at: iso(session.createdAt),
    last_used_at: iso(session.lastUsedAt),
    expires_at: iso(session.endsAt),
    current: session.id === currentId,
  };
}

/** What a person with several customers chooses among. */
export const toChoice = (memberships: readonly Membership[]): z.infer<typeof sessionChoice> => ({
  success: true,
  choose: memberships.map(({ customerId, companyName, role }) => ({
    customer_id: customerId,
    company_name: companyName,
    role,
  })),
});

export const toMember = (row: MemberRow): MemberView => ({
  member_id: row.id,
  email: row.email,
  role: row.role,
  created_at: iso(row.createdAt),
  last_signed_in_at: isoOrNull(row.lastSignedInAt),
});
