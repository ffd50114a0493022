/** Who can sign in at the platform's own issuer, and for what: people to try the roles with, not anybody's accounts. */

/** The organisation whose issuer it is; the demo's projects are in it. */
export const DEMO_ORGANISATION = { slug: 'demo', name: 'Northwind Group' };
export const DEMO_AUDIENCE = 'tenantry';
export const DEMO_CLIENT = 'tenantry-demo';
export const STAFF_CLIENT = 'tenantry-staff';
/** STAFF_OIDC_ROLES of the Worker. */
export const STAFF_ROLES = 'groups:staff-owners=owner,staff-operators=operator,staff-viewers=viewer';

const groupsOf = {
  'org-admin': ['org-admin'],
  'project-user': ['project-user'],
  guest: ['guest'],
  'staff-owner': ['staff-owners'],
  'staff-operator': ['staff-operators'],
  'staff-viewer': ['staff-viewers'],
} as const;
export type PersonName = keyof typeof groupsOf;

export const personNames = Object.keys(groupsOf) as PersonName[];

export const isPerson = (name: unknown): name is PersonName =>
  typeof name === 'string' && personNames.some((person) => person === name);

/** What a token says of somebody. @param firstProject the one namespace that `project-user` may see, once there is one */
export const claimsOf = (name: PersonName, firstProject: string | null) => ({
  email: `${name}@demo.example`,
  email_verified: true,
  org: DEMO_ORGANISATION.slug,
  groups: [...groupsOf[name]],
  ...(name === 'project-user' ? { namespaces: firstProject === null ? [] : [firstProject] } : {}),
});
