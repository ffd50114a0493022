/** An issuer is asked when it is set, and refused then when it is none that people could sign in at. */
import { beforeAll, describe, expect, it } from 'vitest';
import { makeApi, rootToken } from '../../harness/worker/api.ts';
import { makeOrganisation, startIssuer, type TestIssuer, trust } from '../../harness/worker/issuer.ts';

const api = makeApi();
// As it is deployed: at an address of its own, so that none of this machine or a private network may be called.
api.bindings['PUBLIC_URL'] = 'https://billing.example.com';
let issuer: TestIssuer;
let id: string;
beforeAll(async () => {
  issuer = await startIssuer(api);
  id = await makeOrganisation(api, 'acme');
});
const path = () => `/api/organisations/${id}/issuer`;
const read = async () => await api.call('GET', path(), { token: rootToken });
const discovery = '/.well-known/openid-configuration';

describe('setting an issuer', () => {
  it('asks it, keeps its secret sealed and never shows it', async () => {
    const fields = { issuer: issuer.url, client_secret: 's3cret-of-the-client', scopes: ['groups'] };
    const set = await trust(api, id, fields);
    expect(set.status).toBe(200);
    expect(issuer.asked).toEqual([discovery, '/jwks']);
    const text = await (await read()).text();
    expect(text).toBe(await set.text());
    expect(text).not.toContain('s3cret');
    expect(JSON.parse(text)).toMatchObject({
      issuer: {
        issuer: issuer.url,
        audience: 'tenantry',
        client_id: 'tenantry-web',
        client_secret: true,
        scopes: ['groups'],
        claims: { roles: 'groups', namespaces: 'namespaces', org: 'org' },
        jwks_url: `${issuer.url}/jwks`,
        redirect_uri: 'https://billing.example.com/api/sessions/oidc/callback',
      },
    });
    const control = api.bindings['CONTROL'] as D1Database;
    const { results } = await control.prepare('SELECT * FROM organisations').all();
    const { results: log } = await control.prepare("SELECT * FROM audit_log WHERE action LIKE 'organisation.%'").all();
    expect(JSON.stringify([results, log])).not.toContain('s3cret');
    expect(log.map(({ action }) => action)).toEqual(['organisation.created', 'organisation.issuer_set']);
  });

  it('replaces all of it: without a secret the client has none', async () => {
    expect((await trust(api, id, { issuer: issuer.url })).status).toBe(200);
    expect(await (await read()).json()).toMatchObject({ issuer: { client_secret: false, scopes: [] } });
  });

  it('takes keys from another address where one is given', async () => {
    api.internet.set('https://keys.example.com', () => Response.json({ keys: issuer.keys.map(({ jwk }) => jwk) }));
    const url = 'https://keys.example.com/set';
    expect(await (await trust(api, id, { issuer: issuer.url, jwks_url: url })).json()).toMatchObject({
      issuer: { jwks_url: url },
    });
  });

  it('is taken back, and is then not there', async () => {
    expect((await api.call('DELETE', path(), { token: rootToken })).status).toBe(204);
    expect((await read()).status).toBe(404);
    expect((await api.call('DELETE', path(), { token: rootToken })).status).toBe(404);
  });

  it('is for owners', async () => {
    const made = await api.call('POST', '/api/admin-tokens', {
      token: rootToken,
      body: { name: 'op', role: 'operator' },
    });
    const { token } = (await made.json()) as { token: string };
    const body = { issuer: issuer.url, audience: 'a', client_id: 'c' };
    expect((await api.call('PUT', path(), { token, body })).status).toBe(403);
    expect((await api.call('DELETE', path(), { token })).status).toBe(403);
  });
});

describe('an issuer that is refused, with the reason', () => {
  const refused = async (reason: RegExp, url = issuer.url, fields: Record<string, unknown> = {}) => {
    const answer = await trust(api, id, { issuer: url, ...fields });
    const body = (await answer.json()) as { code: string; details: { reason: string } };
    expect([answer.status, body.code]).toEqual([422, 'issuer_unusable']);
    expect(body.details.reason).toMatch(reason);
    expect((await read()).status).toBe(404);
  };
  const instead = async (where: string, answer: () => Response | Promise<Response>, reason: RegExp) => {
    issuer.instead.set(where, answer);
    await refused(reason);
    issuer.instead.clear();
  };
  const document = (fields: Record<string, unknown>) => () => Response.json({ ...issuer.document, ...fields });

  it.each([
    ['HTML', () => new Response('<html><title>Sign in</title></html>'), /not JSON/],
    ['404', () => new Response('{}', { status: 404 }), /answers 404/],
    ['another issuer’s document', document({ issuer: 'https://login.example.com/' }), /another issuer/],
    ['a document without an issuer', document({ issuer: undefined }), /another issuer/],
    ['a document without keys', document({ jwks_uri: undefined }), /no jwks_uri/],
    ['a document without a token endpoint', document({ token_endpoint: undefined }), /lacks the addresses/],
    ['a token endpoint without TLS', document({ token_endpoint: 'http://login.example.com/t' }), /not https/],
    ['a script to be visited', document({ authorization_endpoint: 'javascript:alert(1)' }), /not https/],
    ['keys in a private network', document({ jwks_uri: 'https://169.254.169.254/jwks' }), /private network/],
    ['a redirect', () => Response.redirect('https://elsewhere.example/', 301), /redirect/],
    ['more than is read', () => new Response(`{"x":"${'x'.repeat(300_000)}"}`), /more than \d+ bytes/],
    [
      'nothing',
      () => Promise.reject(new TypeError('connect ECONNREFUSED 10.0.0.1:443 secret-host')),
      /does not answer$/,
    ],
  ])('answers its discovery with %s', async (_, answer, reason) => {
    await instead(discovery, answer, reason);
  });

  it.each([
    ['HTML', () => new Response('<html>'), /no set of keys/],
    ['no keys', () => Response.json({ keys: [] }), /no public key/],
    ['a secret key only', () => Response.json({ keys: [{ kty: 'oct', k: 'AA' }] }), /no public key/],
    ['500', () => new Response('', { status: 500 }), /answers 500/],
  ])('answers with %s as its keys', async (_, answer, reason) => {
    await instead('/jwks', answer, reason);
  });

  it.each([
    ['http://login.example.com', /not https/],
    ['https://user:pw@login.example.com', /a user or a password/],
    ['https://localhost', /private network/],
    ['https://127.0.0.1', /private network/],
    ['https://0x7f.1', /private network/],
    ['https://[::1]', /private network/],
    ['https://[::ffff:10.0.0.1]', /private network/],
    ['https://10.1.2.3', /private network/],
    ['https://169.254.169.254', /private network/],
    ['https://keycloak', /private network/],
    ['https://keycloak.svc.cluster.local', /private network/],
    ['https://metadata.google.internal.', /private network/],
    ['https://nobody.example.com', /does not answer/],
    ['ftp://login.example.com', /not https/],
  ])('is at %s', async (url, reason) => {
    const answer = await api.call('PUT', path(), {
      token: rootToken,
      body: { issuer: url, audience: 'a', client_id: 'c' },
    });
    const body = (await answer.json()) as { code: string; details: { reason: string } };
    expect([answer.status, body.code]).toEqual([422, 'issuer_unusable']);
    expect(body.details.reason).toMatch(reason);
  });

  it('may be on this machine where the API is there itself', async () => {
    const local = await startIssuer(api, 'http://127.0.0.1:9000');
    await refused(/not https/, local.url);
    const body = { issuer: local.url, audience: 'a', client_id: 'c' };
    const bindings = { PUBLIC_URL: 'http://127.0.0.1:8787' };
    expect((await api.call('PUT', path(), { token: rootToken, body, bindings })).status).toBe(200);
    const far = { ...body, issuer: 'http://login.example.com' };
    expect((await api.call('PUT', path(), { token: rootToken, body: far, bindings })).status).toBe(422);
    expect((await api.call('DELETE', path(), { token: rootToken })).status).toBe(204);
  });

  it('has the reason in our own words only', async () => {
    issuer.instead.set(discovery, () => Promise.reject(new TypeError('connect ECONNREFUSED 10.0.0.1:443 secret-host')));
    expect(await (await trust(api, id, { issuer: issuer.url })).text()).not.toContain('secret-host');
    issuer.instead.clear();
  });
});

describe('an organisation', () => {
  const create = async (body: unknown, key?: string) => {
    const headers: Record<string, string> = key ? { 'idempotency-key': key } : {};
    const answer = await api.call('POST', '/api/organisations', { token: rootToken, body, headers });
    return [answer.status, await answer.json()] as [number, { code?: string; organisation?: { slug: string } }];
  };

  it('has a slug made of its name, another one where that is taken', async () => {
    const [status, made] = await create({ name: 'Müller & Söhne GmbH' });
    expect([status, made.organisation?.slug]).toEqual([201, 'mu-ller-so-hne-gmbh']);
    const [, again] = await create({ name: 'Müller & Söhne GmbH' });
    expect(again.organisation?.slug).toMatch(/^mu-ller-so-hne-gmbh-[0-9a-f]{8}$/);
    const [, nameless] = await create({ name: '株式会社' });
    expect(nameless.organisation?.slug).toMatch(/^[0-9a-f]{8}$/);
  });

  it('does not get a slug that another one has', async () => {
    expect((await create({ name: 'One', slug: 'one' }))[0]).toBe(201);
    expect(await create({ name: 'Two', slug: 'one' })).toMatchObject([409, { code: 'slug_taken' }]);
    expect((await create({ name: 'Two', slug: 'Two' }))[0]).toBe(422);
  });

  it('is made once under one Idempotency-Key', async () => {
    const key = crypto.randomUUID();
    const [first, second] = [await create({ name: 'Once' }, key), await create({ name: 'Once' }, key)];
    expect(second).toEqual(first);
  });

  it('is read by its id', async () => {
    const answer = await api.call('GET', `/api/organisations/${id}`, { token: rootToken });
    expect(await answer.json()).toMatchObject({ organisation: { slug: 'acme', name: 'acme', issuer: null } });
    const none = await api.call('GET', `/api/organisations/org_${'0'.repeat(32)}`, { token: rootToken });
    expect(none.status).toBe(404);
  });
});
