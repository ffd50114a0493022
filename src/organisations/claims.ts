/**
 * From a believed token's claims to who somebody is and what they may see: pure. Names of claims are each organisation's
 * (its issuer's settings), values are read in Keycloak's forms too: groups as paths, one value without a list.
 */
import { namespace } from '../contracts/common.ts';
import { isOneLine } from '../lib/text.ts';
import { type Claims, endOf } from './token.ts';

/** Which claims say what. */
export interface ClaimNames {
  roles: string;
  namespaces: string;
  org: string;
}

/** A person as a principal has it (src/credentials/principal.ts). */
export interface Person {
  organisationId: string;
  subject: string;
  /** Null: every project of the organisation. */
  namespaces: readonly string[] | null;
  /** ms since the epoch */
  expiresAt: number;
}

const namespacesMax = 1000;
const subjectCharsMax = 255;

const isObject = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null;

/**
 * A claim by its name, or by a path with dots: `realm_access.roles`. A name that is there with its dots comes first, at
 * every step, because names may be URLs and clients' ids.
 */
export function claimAt(claims: unknown, name: string): unknown {
  if (!isObject(claims)) return undefined;
  if (Object.hasOwn(claims, name)) return claims[name];
  for (let dot = name.lastIndexOf('.'); dot > 0; dot = name.lastIndexOf('.', dot - 1)) {
    const head = name.slice(0, dot);
    if (!Object.hasOwn(claims, head)) continue;
    const found = claimAt(claims[head], name.slice(dot + 1));
    if (found !== undefined) return found;
  }
  return undefined;
}

/** The texts of a claim: a list, or one. A group's path of one name (`/org-admin`) is the name. */
export function wordsAt(claims: Claims, name: string): string[] {
  const value = claimAt(claims, name);
  const words = typeof value === 'string' ? [value] : Array.isArray(value) ? value : [];
  return words.filter((word) => typeof word === 'string').map((word) => word.replace(/^\/(?=[^/]+$)/, ''));
}

/** Whom a token can be for, as the organisations say that trust its issuer. */
export interface Candidate {
  id: string;
  slug: string;
  /** The audience that a token must have been made for. */
  audience: string;
  claims: ClaimNames;
  /** Whether no other organisation trusts the issuer, for whatever audience. */
  alone: boolean;
}

/**
 * The one organisation that a token is for; null when there is none, or more than one. A token that names none can only be
 * for the one organisation that its issuer has: with another beside it, nothing the issuer has said tells them apart.
 */
export function chooseOrganisation<C extends Candidate>(
  candidates: readonly C[],
  audiences: readonly string[],
  claims: Claims,
): C | null {
  const fitting = candidates.filter((candidate) => {
    const org = claimAt(claims, candidate.claims.org);
    return audiences.includes(candidate.audience) && (org === undefined ? candidate.alone : org === candidate.slug);
  });
  return fitting.length === 1 ? (fitting[0] ?? null) : null;
}

/** The subject of a token, null for one that cannot stand in a log. */
export function subjectOf({ sub }: Claims): string | null {
  const fits = typeof sub === 'string' && sub !== '' && sub.length <= subjectCharsMax && isOneLine(sub);
  return fits ? sub : null;
}

const sees = {
  'org-admin': 'everything',
  'project-user': 'listed',
  user: 'listed',
} as const satisfies Record<string, 'everything' | 'listed'>;

/** Who somebody is by the claims; null for who may see nothing: a guest, and who has no role that is known. */
export function personOf(organisationId: string, names: ClaimNames, claims: Claims): Person | null {
  const subject = subjectOf(claims);
  const roles = wordsAt(claims, names.roles).map((role) =>
    Object.hasOwn(sees, role) ? sees[role as keyof typeof sees] : null,
  );
  if (subject === null || !roles.some((role) => role !== null)) return null;
  const expiresAt = endOf(claims);
  if (roles.includes('everything')) return { organisationId, subject, namespaces: null, expiresAt };
  const listed = wordsAt(claims, names.namespaces).filter((name) => namespace.safeParse(name).success);
  return { organisationId, subject, namespaces: [...new Set(listed)].slice(0, namespacesMax), expiresAt };
}
