/** What somebody who is signed in may do: the same rule as the server's, which decides. */
import { type Allow, memberRoles, type Route, roles } from '../../../src/contracts/route.ts';
import type { SessionView } from '../../../src/contracts/sessions.ts';

/** Who a page is for. */
export type Audience = SessionView['kind'];

type Who = Pick<SessionView, 'kind' | 'admin_role' | 'customer'>;

function admits(allow: Allow, who: Who): boolean {
  if (allow.public) return true;
  switch (who.kind) {
    case 'admin':
      return (
        allow.admin !== undefined &&
        who.admin_role !== null &&
        roles.indexOf(who.admin_role) >= roles.indexOf(allow.admin)
      );
    case 'account':
      return (
        allow.account !== undefined &&
        who.customer !== null &&
        memberRoles.indexOf(who.customer.role) >= memberRoles.indexOf(allow.account)
      );
    case 'person':
      return allow.person === true;
  }
}

/** Whether the route admits that one. A button is bound to its route by this, so that it is shown to who may press it. */
export const may = (who: Who, route: Pick<Route, 'allow'>): boolean => admits(route.allow, who);
