/** Who sees which button: the pages' rule is the server's, for every route that there is and everybody who can sign in. */
import { describe, expect, it } from 'vitest';
import { endpoints } from '../../../src/app.ts';
import { memberRoles, roles } from '../../../src/contracts/route.ts';
import { admits, type Principal } from '../../../src/credentials/principal.ts';
import { may } from '../../../ui/src/session/may.ts';

type Who = Parameters<typeof may>[0];

const people: [name: string, who: Who, principal: Principal][] = [
  ...roles.map((role): [string, Who, Principal] => [
    `admin ${role}`,
    { kind: 'admin', admin_role: role, customer: null },
    { kind: 'admin', name: 'a', role, keyId: 'k' },
  ]),
  ...memberRoles.map((role): [string, Who, Principal] => [
    `member ${role}`,
    { kind: 'account', admin_role: null, customer: { customer_id: 'c', company_name: 'C', role } },
    { kind: 'account', customerId: 'c', role, memberId: null, keyId: 'k' },
  ]),
  [
    'person',
    { kind: 'person', admin_role: null, customer: null },
    { kind: 'person', organisationId: 'o', subject: 's', namespaces: null, expiresAt: 0, keyId: 'k' },
  ],
];

describe('what the pages offer', () => {
  it.each(people)('%s is offered what the server admits, route by route', (_name, who, principal) => {
    const differing = endpoints.filter((endpoint) => may(who, endpoint) !== admits(endpoint.allow, principal));
    expect(differing.map(({ operation }) => operation)).toEqual([]);
    expect(endpoints.some((endpoint) => may(who, endpoint))).toBe(true);
  });

  it('a session that lacks its role is offered what everybody is', () => {
    const offered = endpoints.filter((endpoint) => may({ kind: 'admin', admin_role: null, customer: null }, endpoint));
    expect(offered.filter(({ allow }) => !allow.public)).toEqual([]);
  });
});
