/** Who somebody is by a token's claims, in the forms that issuers really send; above all Keycloak's. */
import { describe, expect, it } from 'vitest';
import { type ClaimNames, chooseOrganisation, claimAt, personOf } from '../../../src/organisations/claims.ts';

const usual: ClaimNames = { roles: 'groups', namespaces: 'namespaces', org: 'org' };

/** An access token of Keycloak 26 as a realm makes it that nothing was changed in. */
const plainKeycloak = {
  exp: 1_795_000_300,
  iat: 1_795_000_000,
  auth_time: 1_795_000_000,
  jti: 'onrtac:6f0e2d3c-5f6b-8d6d-5fd7-0d9b1a8a2b11',
  iss: 'https://login.example.com/realms/acme',
  aud: 'account',
  sub: '0a6d9a0b-4c3f-4c57-9d93-5d0e6a2f3f0e',
  typ: 'Bearer',
  azp: 'tenantry',
  sid: 'c4d4c3d6-6f2b-4a6f-9c74-0f4a5f9a2f3e',
  acr: '1',
  'allowed-origins': ['https://billing.example.com'],
  realm_access: { roles: ['default-roles-acme', 'offline_access', 'org-admin', 'uma_authorization'] },
  resource_access: {
    tenantry: { roles: ['project-user'] },
    'tenantry.web': { roles: ['user'] },
    account: { roles: ['manage-account', 'view-profile'] },
  },
  scope: 'openid profile email',
  email_verified: true,
  preferred_username: 'alice',
};

/** The same from the realm export of docs/sign-in.md: audience, groups and namespaces are mapped. */
const mappedKeycloak = {
  ...plainKeycloak,
  aud: ['tenantry', 'account'],
  org: 'acme',
  groups: ['/project-user', '/staff/org-admin', 'offline_access'],
  namespaces: ['acme-shop', 'acme-mail', 'Not_A_Namespace'],
};

const person = (claims: object, names: Partial<ClaimNames> = {}) => {
  const found = personOf('org_1', { ...usual, ...names }, claims as never);
  return found?.namespaces;
};

describe('Keycloak’s tokens', () => {
  it('give their groups by path, and only a path of one name is a role', () => {
    expect(person(mappedKeycloak)).toEqual(['acme-shop', 'acme-mail']);
    expect(person({ ...mappedKeycloak, groups: ['/org-admin'] })).toBeNull();
    expect(personOf('org_1', usual, { ...mappedKeycloak, groups: ['/staff/org-admin'] } as never)).toBeNull();
  });

  it('give realm roles and client roles by a path of claims', () => {
    const admin = personOf('org_1', { ...usual, roles: 'realm_access.roles' }, plainKeycloak as never);
    expect(admin).toEqual({
      organisationId: 'org_1',
      subject: plainKeycloak.sub,
      namespaces: null,
      expiresAt: 1_795_000_300_000,
    });
    expect(person(plainKeycloak, { roles: 'resource_access.tenantry.roles' })).toEqual([]);
    expect(person(plainKeycloak, { roles: 'resource_access.tenantry.web.roles' })).toEqual([]);
    expect(personOf('org_1', { ...usual, roles: 'resource_access.account.roles' }, plainKeycloak as never)).toBeNull();
  });

  it('are nobody’s where nothing was mapped', () => {
    expect(personOf('org_1', usual, plainKeycloak as never)).toBeNull();
    const candidate = { id: 'org_1', slug: 'acme', audience: 'tenantry', claims: usual, alone: true };
    expect(chooseOrganisation([candidate], ['account'], plainKeycloak as never)).toBeNull();
    expect(chooseOrganisation([candidate], mappedKeycloak.aud, mappedKeycloak as never)).toBe(candidate);
  });
});

describe('the name of a claim', () => {
  it('is the claim itself before it is a path, at every step', () => {
    const claims = {
      'https://acme.example/roles': ['org-admin'],
      'a.b': 'literal',
      a: { b: 'path', 'c.d': { e: 'mixed' } },
    };
    expect(claimAt(claims, 'https://acme.example/roles')).toEqual(['org-admin']);
    expect(claimAt(claims, 'a.b')).toBe('literal');
    expect(claimAt(claims, 'a.c.d.e')).toBe('mixed');
    for (const name of ['a.x', 'x', 'a.b.c', '', '.', 'a.', '__proto__', 'constructor.name', 'a.toString'])
      expect(claimAt(claims, name)).toBeUndefined();
  });
});

describe('other forms', () => {
  const base = { sub: 'alice', exp: 1 };
  it('of a role are one text, and nothing else', () => {
    expect(person({ ...base, groups: 'org-admin' })).toBeNull();
    expect(personOf('o', usual, { ...base, groups: 'org-admin' } as never)).not.toBeNull();
    for (const groups of [{ 'org-admin': true }, [['org-admin']], 'org-admin user', 7, null, true])
      expect(personOf('o', usual, { ...base, groups } as never)).toBeNull();
  });

  it('of namespaces are each once, in the form of a namespace, a thousand at most', () => {
    const namespaces = [
      'a',
      'a',
      '/b',
      'B',
      'x y',
      '',
      '-',
      7,
      null,
      ...Array.from({ length: 1500 }, (_, i) => `n${i}`),
    ];
    const seen = person({ ...base, groups: ['user'], namespaces });
    expect(seen?.slice(0, 3)).toEqual(['a', 'b', 'n0']);
    expect(seen).toHaveLength(1000);
    expect(person({ ...base, groups: ['user'], namespaces: 'shop' })).toEqual(['shop']);
  });

  it('of a subject are none', () => {
    for (const sub of [undefined, '', 7, 'x'.repeat(256), 'a\u0000', 'a\u202eb'])
      expect(personOf('o', usual, { ...base, sub, groups: ['org-admin'] } as never)).toBeNull();
  });
});
