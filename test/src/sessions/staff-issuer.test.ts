/** Staff sign in at an issuer of their own, as admins of the role that the environment's mapping gives. */
import type { JWTPayload } from 'jose';
import { beforeAll, describe, expect, it } from 'vitest';
import { readStaffRoles } from '../../../src/sessions/staff.ts';
import { makeApi } from '../../harness/worker/api.ts';
import { startIssuer, type TestIssuer } from '../../harness/worker/issuer.ts';
import { issuerBrowser, sessionName, site } from '../../harness/worker/issuer-browser.ts';

const api = makeApi();
api.bindings['PUBLIC_URL'] = site;
const { last, begin, signIn, sessionsInTable } = issuerBrowser(api);
const opaque = { access_token: 'opaque', token_type: 'Bearer' };
let tokens: (nonce: string) => Promise<Record<string, unknown>>;

describe('staff', () => {
  const staff = {
    STAFF_OIDC_ISSUER: 'https://staff.example.com',
    STAFF_OIDC_CLIENT_ID: 'console',
    STAFF_OIDC_ROLES: 'groups:tenantry-admins=owner,tenantry-ops=operator',
  };
  const claims: JWTPayload = { aud: 'console', email: 'Ann@Example.com', email_verified: true };
  let theirs: TestIssuer;
  beforeAll(async () => {
    theirs = await startIssuer(api, staff.STAFF_OIDC_ISSUER);
    theirs.instead.set('/token', async () => Response.json(await tokens(last.nonce)));
  });
  const signInWith = async (more: JWTPayload, bindings: Record<string, unknown> = staff) => {
    Object.assign(api.bindings, bindings);
    tokens = async (nonce) => ({ ...opaque, id_token: await theirs.token({ ...claims, nonce, ...more }) });
    const done = await signIn('?staff=true&return_to=/console');
    for (const name of Object.keys(bindings)) delete api.bindings[name];
    return done;
  };

  it('are admins of the highest role that the mapping gives, under a name that they cannot choose', async () => {
    expect((await signInWith({ groups: ['/tenantry-ops', 'tenantry-admins'] })).response.status).toBe(200);
    expect((await sessionsInTable()).at(-1)).toMatchObject({
      kind: 'admin',
      name: 'oidc:ann@example.com',
      role: 'owner',
    });
    const { session } = await signInWith({ groups: ['tenantry-ops'], email_verified: false });
    expect((await sessionsInTable()).at(-1)).toMatchObject({ name: 'oidc:alice', role: 'operator' });
    const asked = {
      headers: { cookie: `${sessionName}=${session}`, 'sec-fetch-site': 'same-origin' },
      bindings: staff,
    };
    expect((await api.call('GET', '/api/organisations', asked)).status).toBe(200);
    expect((await api.call('GET', '/api/credentials', asked)).status).toBe(403);
  });

  it('are admins no longer than the settings are those that they came by', async () => {
    const { session } = await signInWith({ groups: ['tenantry-ops'] });
    const headers = { cookie: `${sessionName}=${session}`, 'sec-fetch-site': 'same-origin' };
    const statusWith = async (bindings: Record<string, unknown>) =>
      (await api.call('GET', '/api/organisations', { headers, bindings })).status;
    expect(await statusWith({})).toBe(401);
    expect(await statusWith({ ...staff, STAFF_OIDC_ISSUER: 'https://other.example.com' })).toBe(401);
    expect(await statusWith({ ...staff, STAFF_OIDC_AUDIENCE: 'another' })).toBe(401);
    expect(await statusWith({ ...staff, STAFF_OIDC_ROLES: 'groups:tenantry-admins=owner' })).toBe(401);
    const reordered = 'groups:tenantry-ops=operator, /tenantry-admins=owner';
    expect(await statusWith({ ...staff, STAFF_OIDC_ROLES: reordered })).toBe(200);
    expect(await statusWith({ ...staff, STAFF_OIDC_CLIENT_SECRET: 'another-secret-of-the-client' })).toBe(200);
  });

  it('need a role of the mapping', async () => {
    for (const groups of [[], ['org-admin'], ['owner'], ['toString']])
      expect((await signInWith({ groups })).location).toBe('/sign-in?error=no_access');
  });

  it('have no token that programs could send', async () => {
    Object.assign(api.bindings, staff);
    const token = await theirs.token({ ...claims, groups: ['tenantry-admins'] });
    expect((await api.call('GET', '/api/organisations', { token })).status).toBe(401);
    for (const name of Object.keys(staff)) delete api.bindings[name];
  });

  it('are not let in while their issuer is away, or names another one', async () => {
    theirs.instead.set('/.well-known/openid-configuration', () => Response.json({ ...theirs.document, issuer: 'x' }));
    expect((await signInWith({ groups: ['tenantry-admins'] })).location).toBe('/sign-in?error=expired');
    Object.assign(api.bindings, staff);
    expect((await begin('?staff=true')).response.headers.get('location')).toBe('/sign-in?error=issuer_unavailable');
    for (const name of Object.keys(staff)) delete api.bindings[name];
  });
});

describe('STAFF_OIDC_ROLES', () => {
  it('is a claim with what its values give', () => {
    const read = readStaffRoles('groups:/tenantry-admins=owner, tenantry-ops=operator');
    expect(read?.claim).toBe('groups');
    expect([...(read?.roleOf ?? [])]).toEqual([
      ['tenantry-admins', 'owner'],
      ['tenantry-ops', 'operator'],
    ]);
    expect(readStaffRoles('https://acme.example/roles:admins=owner')?.claim).toBe('https://acme.example/roles');
  });

  it.each([
    '',
    'groups',
    'groups:',
    'groups:a',
    ':a=owner',
    'groups:a=king',
    'groups:a=',
    'groups:=owner',
    'groups:a=owner,',
    'groups:a=owner,a=viewer',
    'groups:a=b=owner',
    'a=owner',
  ])('is not %s', (text) => expect(readStaffRoles(text)).toBeNull());
});
