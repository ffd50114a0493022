/** What a session stands for, and how long it lasts. Pure. */
import type { Role } from '../contracts/route.ts';
import type { Principal } from '../credentials/principal.ts';
import { dayMs, hourMs, minuteMs } from '../lib/time.ts';

/** Without a request a session ends after this, ms. */
export const idleMs = 12 * hourMs;
/** However much it is used, it ends after this, ms. */
const lifeMs = 7 * dayMs;
/** Its last use is noted at most this often, ms: so an idle one may end that much early. */
export const noteEveryMs = 5 * minuteMs;
/** A mailed link works this long, ms; and whoever came by one may set a password without the old one as long. */
export const linkMs = 15 * minuteMs;

/** What has been proved, so that a session may be opened. A session can do what its grant says and nothing else. */
export type Grant =
  /** A member of a customer; the role is read from the member's row at every request. */
  | { kind: 'account'; memberId: string; method: 'password' | 'link' }
  /** An admin token that was typed in. Name, role and end are read from it at every request. */
  | { kind: 'token'; credentialId: string }
  /** The environment's own token, which has no row: bound to its SHA-256. */
  | { kind: 'root'; credentialId: 'root'; rootHash: string }
  /** An admin, as the staff issuer's token says; `endsAt` is that token's end, ms. Bound to the issuer's settings. */
  | { kind: 'staff'; name: string; role: Role; staffHash: string; endsAt: number }
  /** Somebody of an organisation, as its issuer's token says; null namespaces are all of the organisation's. */
  | {
      kind: 'person';
      organisationId: string;
      subject: string;
      namespaces: readonly string[] | null;
      endsAt: number;
    };

/** Whose sessions are listed and ended together. */
export function ownerOfGrant(grant: Grant): string {
  switch (grant.kind) {
    case 'account':
      return grant.memberId;
    case 'token':
    case 'root':
      return grant.credentialId;
    case 'staff':
      return `staff:${grant.name}`;
    case 'person':
      return personOwner(grant);
  }
}

/** When a session that is opened now ends at the latest, ms: never after the token that it stands for. */
export const endOf = (grant: Grant, now: number): number =>
  Math.min(now + lifeMs, 'endsAt' in grant ? grant.endsAt : Number.POSITIVE_INFINITY);

/** Whose sessions the principal may list and end: its own. Null for who has none: keys of customers, clusters and reporters. */
export function ownerOfSessions(principal: Principal): string | null {
  switch (principal.kind) {
    case 'account':
      return principal.memberId;
    case 'admin':
      return principal.owner ?? principal.keyId;
    case 'person':
      return personOwner(principal);
    default:
      return null;
  }
}

const personOwner = ({ organisationId, subject }: { organisationId: string; subject: string }): string =>
  `person:${organisationId}/${subject}`;
