/** Who of the staff issuer's people may do what here: pure. The issuer and the mapping are the environment's. */
import { createHash } from 'node:crypto';
import { type Role, roles } from '../contracts/route.ts';
import { subjectOf, wordsAt } from '../organisations/claims.ts';
import type { Claims } from '../organisations/token.ts';

/** Which values of a claim give which role. */
export interface StaffRoles {
  claim: string;
  roleOf: ReadonlyMap<string, Role>;
}

/** Where staff sign in. */
export interface StaffIssuer {
  issuer: string;
  audience: string;
  clientId: string;
  clientSecret: string | null;
  roles: StaffRoles;
}

/** What the settings decide of who is an admin, as one SHA-256, hex: a session that began under others is nobody's. */
export function hashOfSettings({ issuer, audience, clientId, roles: { claim, roleOf } }: StaffIssuer): string {
  const decided = [issuer, audience, clientId, claim, [...roleOf].sort()];
  return createHash('sha256').update(JSON.stringify(decided)).digest('hex');
}

/**
 * Reads `groups:admins=owner,ops=operator`: the claim as organisations name theirs, then its values with their roles. A
 * claim's name may hold colons, the first value may not. Null for a text that is not so.
 */
export function readStaffRoles(text: string): StaffRoles | null {
  const end = text.lastIndexOf(':', text.indexOf('='));
  const claim = text.slice(0, Math.max(end, 0)).trim();
  const pairs = text
    .slice(end + 1)
    .split(',')
    .map((pair) => pair.split('=').map((part) => part.trim()));
  const wellFormed = pairs.every(
    ([value, role, ...rest]) => value && rest.length === 0 && roles.includes(role as Role),
  );
  if (claim === '' || !wellFormed) return null;
  const named = pairs.map(([value = '', role]) => [value.replace(/^\//, ''), role as Role] as const);
  return new Map(named).size === named.length ? { claim, roleOf: new Map(named) } : null;
}

const emailCharsMax = 254;

/** A name for the log that its owner cannot choose: the email that the issuer has checked, or the subject. */
function nameOf(claims: Claims, subject: string): string {
  const { email, email_verified: checked } = claims;
  const named = typeof email === 'string' && checked === true && email.length <= emailCharsMax;
  return `oidc:${named && /^[\x21-\x7e]+$/.test(email) ? email.toLowerCase() : subject}`;
}

/** Name and highest role by a believed token; null for somebody who has none. */
export function staffOf({ claim, roleOf }: StaffRoles, claims: Claims): { name: string; role: Role } | null {
  const subject = subjectOf(claims);
  const given = wordsAt(claims, claim).map((value) => roleOf.get(value));
  const role = roles.findLast((one) => given.includes(one));
  return subject !== null && role ? { name: nameOf(claims, subject), role } : null;
}
