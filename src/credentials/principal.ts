/** Who calls, and what each route lets in. Default deny: a kind that a route does not name is refused. */

import { type Allow, type MemberRole, memberRoles, type Role, roles } from '../contracts/route.ts';
import { idPattern } from '../lib/ids.ts';

/** The name of the token that the environment holds; no other admin token may have it. */
export const rootName = 'root';

export type Principal =
  | { kind: 'public' }
  /** `memberId` is who it is, where a member is signed in; null for an account key. */
  | { kind: 'account'; customerId: string; role: MemberRole; keyId: string; memberId: string | null }
  /** `rights` is what it may report, as text: src/usage/rights-store.ts reads it. */
  | { kind: 'reporter'; reporterId: string; customerId: string; keyId: string; rights: string }
  | { kind: 'cluster'; clusterId: string; keyId: string }
  | { kind: 'provisioner'; clusterId: string; keyId: string }
  /**
   * Somebody of an organisation, as its issuer's token says: `namespaces` are those that the person may see, null for
   * all of the organisation's (org-admin). `expiresAt` is the token's own end, ms.
   */
  | {
      kind: 'person';
      organisationId: string;
      subject: string;
      namespaces: readonly string[] | null;
      expiresAt: number;
      keyId: string;
    }
  /** A key of an organisation: its one right is to read the organisation's metrics. */
  | { kind: 'organisation'; organisationId: string; keyId: string }
  /**
   * `keyId` is `root` for the token of the environment. A session has its own id there, and in `owner` whose it is: the
   * token that was typed in, or the name that the staff issuer says.
   */
  | { kind: 'admin'; name: string; role: Role; keyId: string; owner?: string };

/** Whether the route admits the principal's kind and role; whose things it may touch is the route's own check. */
export function admits(allow: Allow, principal: Principal): boolean {
  if (allow.public) return true;
  switch (principal.kind) {
    case 'public':
      return false;
    case 'admin':
      return allow.admin !== undefined && roles.indexOf(principal.role) >= roles.indexOf(allow.admin);
    case 'account':
      return allow.account !== undefined && memberRoles.indexOf(principal.role) >= memberRoles.indexOf(allow.account);
    case 'reporter':
    case 'cluster':
    case 'provisioner':
    case 'person':
    case 'organisation':
      return allow[principal.kind] === true;
  }
}

/** The principal's name in the audit log; beside it stands the id of its credential. */
export function actorOf(principal: Principal): string {
  switch (principal.kind) {
    case 'public':
      return 'public';
    case 'account':
      return principal.memberId === null
        ? `account:${principal.customerId}`
        : `account:${principal.customerId}/${principal.memberId}`;
    case 'reporter':
      return `reporter:${principal.reporterId}`;
    case 'cluster':
      return `cluster:${principal.clusterId}`;
    case 'provisioner':
      return `provisioner:${principal.clusterId}`;
    case 'person':
      return `person:${principal.organisationId}/${principal.subject}`;
    case 'organisation':
      return `organisation:${principal.organisationId}`;
    case 'admin':
      return `admin:${principal.name}`;
  }
}

/** The id of the credential or session that was presented, null without one: two tokens of one name are two principals. */
export const credentialOf = (principal: Principal): string | null =>
  principal.kind === 'public' ? null : principal.keyId;

/** The id of the session that the request came by; null where it came by a key or a token. */
export function sessionOf(principal: Principal): string | null {
  const id = credentialOf(principal);
  return id !== null && idPattern('session').test(id) ? id : null;
}

/** Whose requests a limit counts together, whichever of their keys they use; null for the public. */
export function ownerOf(principal: Principal): string | null {
  switch (principal.kind) {
    case 'public':
      return null;
    case 'account':
      return principal.customerId;
    case 'reporter':
      return principal.reporterId;
    case 'cluster':
    case 'provisioner':
      return principal.clusterId;
    case 'person':
    case 'organisation':
      return principal.organisationId;
    case 'admin':
      return principal.owner ?? principal.keyId;
  }
}

/** The customer that a principal is bound to, null for those that are not. */
export const boundCustomer = (principal: Principal): string | null =>
  principal.kind === 'account' || principal.kind === 'reporter' ? principal.customerId : null;
