/** Who calls, and what each route lets in. Default deny: a kind that a route does not name is refused. */

import { type Allow, type MemberRole, memberRoles, type Role, roles } from '../contracts/route.ts';

/** The name of the token that the environment holds; no other admin token may have it. */
export const rootName = 'root';

export type Principal =
  | { kind: 'public' }
  | { kind: 'account'; customerId: string; role: MemberRole; keyId: string }
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
  /** `keyId` is `root` for the token of the environment. */
  | { kind: 'admin'; name: string; role: Role; keyId: string };

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
      return `account:${principal.customerId}`;
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

/** The id of the credential that was presented, null without one: two tokens of one name are two principals. */
export const credentialOf = (principal: Principal): string | null =>
  principal.kind === 'public' ? null : principal.keyId;

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
      return principal.keyId;
  }
}

/** The customer that a principal is bound to, null for those that are not. */
export const boundCustomer = (principal: Principal): string | null =>
  principal.kind === 'account' || principal.kind === 'reporter' ? principal.customerId : null;
