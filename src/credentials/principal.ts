/** Who calls, and what each route lets in. Default deny: a kind that a route does not name is refused. */

/** Roles of admin tokens, each includes the ones before it. */
export const roles = ['viewer', 'operator', 'owner'] as const;
export type Role = (typeof roles)[number];

export type Principal =
  | { kind: 'public' }
  | { kind: 'account'; customerId: string; keyId: string }
  /** `rights` is what it may report, as text: src/usage/rights-store.ts reads it. */
  | { kind: 'reporter'; reporterId: string; customerId: string; keyId: string; rights: string }
  | { kind: 'cluster'; clusterId: string; keyId: string }
  | { kind: 'provisioner'; clusterId: string; keyId: string }
  | { kind: 'admin'; name: string; role: Role };

/** What a route admits. `admin` names the least role; `public` needs no credential. */
export interface Allow {
  public?: true;
  account?: true;
  reporter?: true;
  cluster?: true;
  provisioner?: true;
  admin?: Role;
}

/** Whether the route admits the principal's kind and role; whose things it may touch is the route's own check. */
export function admits(allow: Allow, principal: Principal): boolean {
  if (allow.public) return true;
  switch (principal.kind) {
    case 'public':
      return false;
    case 'admin':
      return allow.admin !== undefined && roles.indexOf(principal.role) >= roles.indexOf(allow.admin);
    case 'account':
    case 'reporter':
    case 'cluster':
    case 'provisioner':
      return allow[principal.kind] === true;
  }
}

/** The principal's name in the audit log and in idempotency hashes. */
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
    case 'admin':
      return `admin:${principal.name}`;
  }
}

/** The customer that a principal is bound to, null for those that are not. */
export const boundCustomer = (principal: Principal): string | null =>
  principal.kind === 'account' || principal.kind === 'reporter' ? principal.customerId : null;
