/** Sign-in at an issuer in a browser: what leads to a session, what does not, and where the browser ends up. */
import type { JWTPayload } from 'jose';
import { beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { sha256Hex } from '../../../src/lib/keys.ts';
import { minuteMs } from '../../../src/lib/time.ts';
import { makeApi, rootToken } from '../../harness/worker/api.ts';
import { makeOrganisation, newSigningKey, startIssuer, type TestIssuer, trust } from '../../harness/worker/issuer.ts';
import { begunName, cookiesOf, issuerBrowser, sessionName, site } from '../../harness/worker/issuer-browser.ts';

const api = makeApi();
api.bindings['PUBLIC_URL'] = site;
let issuer: TestIssuer;
let acmeId: string;
/** What the token endpoint was sent last. */
let exchanged: { body: URLSearchParams; authorization: string | null };
/** What it answers with, made of the nonce of the beginning. */
let tokens: (nonce: string) => Promise<Record<string, unknown>>;
const { last, begin, comeBack, signIn, sessionsInTable } = issuerBrowser(api);

const admin: JWTPayload = { aud: 'tenantry-web', org: 'acme', groups: ['org-admin'] };
const opaque = { access_token: 'opaque', token_type: 'Bearer' };

beforeAll(async () => {
  issuer = await startIssuer(api);
  acmeId = await makeOrganisation(api, 'acme');
});
beforeEach(async () => {
  issuer.instead.clear();
  issuer.instead.set('/token', async (request) => {
    exchanged = {
      body: new URLSearchParams(new TextDecoder().decode(await request.arrayBuffer())),
      authorization: request.headers.get('authorization'),
    };
    return Response.json(await tokens(last.nonce));
  });
  tokens = async (nonce) => ({ ...opaque, id_token: await issuer.token({ ...admin, nonce }) });
  expect((await trust(api, acmeId, { issuer: issuer.url, client_secret: 'c-secret' })).status).toBe(200);
});

describe('the beginning', () => {
  it('sends the browser to the issuer, with PKCE, state and nonce that only it can bring back', async () => {
    const { response, location, asked } = await begin();
    expect(response.status).toBe(303);
    expect(`${location.origin}${location.pathname}`).toBe(`${issuer.url}/authorize`);
    expect(asked).toMatchObject({
      client_id: 'tenantry-web',
      response_type: 'code',
      scope: 'openid',
      redirect_uri: `${site}/api/sessions/oidc/callback`,
      code_challenge_method: 'S256',
    });
    const cookie = cookiesOf(response).get(begunName) ?? '';
    expect(cookie).toMatch(/; Max-Age=600; Path=\/; HttpOnly; Secure; SameSite=Lax$/);
    for (const name of ['state', 'nonce', 'code_challenge']) {
      expect(asked[name]).toMatch(/^[\w-]{43}$/);
      expect(cookie).not.toContain(asked[name]);
    }
    expect((await begin()).asked['state']).not.toBe(asked['state']);
  });

  it('ends on the sign-in page where nobody signs in so', async () => {
    await makeOrganisation(api, 'bare');
    for (const slug of ['nobody', 'bare'])
      expect((await begin(`?organisation=${slug}`)).response.headers.get('location')).toBe(
        `/sign-in?error=organisation_unknown&organisation=${slug}`,
      );
    expect((await begin('?staff=true')).response.headers.get('location')).toBe('/sign-in?error=staff_unknown');
  });

  it('is asked for one of both', async () => {
    for (const query of ['', '?organisation=acme&staff=true', '?staff=false', '?organisation=../x'])
      expect((await api.call('GET', `/api/sessions/oidc/start${query}`)).status).toBe(422);
  });
});

describe('coming back', () => {
  it('opens a session that is the token’s person and ends with the token', async () => {
    const { response, session, text } = await signIn();
    expect(response.status).toBe(200);
    expect(text).toContain('<meta http-equiv="refresh" content="0; url=/organisation">');
    expect(text).not.toMatch(/<script|style=/);
    expect(response.headers.get('content-security-policy')).toContain("default-src 'none'");
    const cookies = cookiesOf(response);
    expect(cookies.get(sessionName)).toMatch(/; Path=\/; HttpOnly; Secure; SameSite=Strict$/);
    expect(cookies.get(begunName)).toContain('Max-Age=0');
    const [row] = (await sessionsInTable()).slice(-1);
    expect(row).toMatchObject({ kind: 'person', organisation_id: acmeId, subject: 'alice', namespaces: null });
    expect(Number(row?.['ends_at'])).toBeLessThanOrEqual(api.clock.now + 60 * minuteMs);
    expect(session).toMatch(/^[0-9a-f]{64}$/);
    const health = await api.call('GET', '/api/customers', { headers: { cookie: `${sessionName}=${session}` } });
    expect([health.status, await health.json()]).toMatchObject([403, { code: 'forbidden' }]);
  });

  it('ends the session that the browser had, whose cookie the issuer’s redirect does not bring, and no other', async () => {
    const [first, elsewhere] = [await signIn(), await signIn()];
    const count = (await sessionsInTable()).length;
    const second = await signIn(undefined, first.session);
    expect(second.response.status).toBe(200);
    const hashes = new Set((await sessionsInTable()).map(({ hash }) => hash));
    const has = async (session: string) => hashes.has(await sha256Hex(session));
    expect([await has(first.session), await has(elsewhere.session), await has(second.session)]).toEqual([
      false,
      true,
      true,
    ]);
    expect(hashes.size).toBe(count);
    // One that comes to nothing ends nothing.
    const { begun } = await begin(undefined, second.session);
    await comeBack(begun, { error: 'access_denied', state: 'another' });
    expect((await sessionsInTable()).length).toBe(count);
  });

  it('proves to the issuer that it is the same browser and our client', async () => {
    await signIn();
    expect(Object.fromEntries(exchanged.body)).toMatchObject({
      grant_type: 'authorization_code',
      code: 'the-code',
      redirect_uri: `${site}/api/sessions/oidc/callback`,
    });
    expect(exchanged.body.get('code_verifier')).toMatch(/^[\w-]{43}$/);
    const proof = atob(exchanged.authorization?.split(' ')[1] ?? '');
    // Both parts are form-encoded (RFC 6749 §2.3.1).
    expect(decodeURIComponent(proof)).toBe('tenantry-web:c-secret');
  });

  it('takes the access token where that is for us, with its roles', async () => {
    tokens = async (nonce) => ({
      token_type: 'Bearer',
      access_token: await issuer.token({ aud: ['account', 'tenantry'], groups: ['user'], namespaces: ['shop'] }),
      id_token: await issuer.token({ aud: 'tenantry-web', nonce }),
    });
    await signIn();
    expect((await sessionsInTable()).at(-1)).toMatchObject({ namespaces: '["shop"]' });
  });

  const toPage = (fault: string) => `/sign-in?error=${fault}&organisation=acme`;
  const failsWith = async (fault: string, made: typeof tokens) => {
    tokens = made;
    const before = (await sessionsInTable()).length;
    const { response, location, session } = await signIn();
    expect([response.status, location, session]).toEqual([303, toPage(fault), '']);
    expect((await sessionsInTable()).length).toBe(before);
  };
  const idToken = (claims: JWTPayload) => async (nonce: string) => ({
    ...opaque,
    id_token: await issuer.token({ ...admin, nonce, ...claims }),
  });

  it.each([
    ['no role', 'no_access', idToken({ groups: ['guest'] })],
    ['a nonce of another sign-in', 'failed', idToken({ nonce: 'other' })],
    ['no nonce', 'failed', idToken({ nonce: undefined })],
    ['a token for another client', 'failed', idToken({ aud: 'other' })],
    ['a token of another issuer', 'failed', idToken({ iss: 'https://evil.example' })],
    ['a token of another organisation', 'failed', idToken({ org: 'rival' })],
    ['a token that has ended', 'failed', idToken({ exp: 1 })],
    ['no ID token', 'failed', async () => opaque],
    [
      'a token that its keys did not sign',
      'failed',
      async (nonce: string) => ({
        ...opaque,
        id_token: await issuer.token({ ...admin, nonce }, {}, await newSigningKey('one')),
      }),
    ],
    [
      'an access token of somebody else beside the ID token',
      'no_access',
      async (nonce: string) => ({
        token_type: 'Bearer',
        access_token: await issuer.token({ ...admin, aud: 'tenantry', sub: 'mallory' }),
        id_token: await issuer.token({ aud: 'tenantry-web', nonce }),
      }),
    ],
  ])('opens nothing for %s', async (_, fault, made) => {
    await failsWith(fault, made);
  });

  it.each([
    ['is gone', () => Promise.reject(new TypeError('refused')), 'issuer_unavailable'],
    ['is broken', () => new Response('oops', { status: 502 }), 'issuer_unavailable'],
    [
      'refuses the code',
      () => Response.json({ error: 'invalid_grant', error_description: '<b>x' }, { status: 400 }),
      'failed',
    ],
    ['answers HTML', () => new Response('<html>', { headers: { 'content-type': 'text/html' } }), 'failed'],
    ['redirects', () => Response.redirect('https://evil.example/', 302), 'issuer_unavailable'],
  ])('opens nothing where the token endpoint %s', async (_, answer, fault) => {
    issuer.instead.set('/token', answer);
    const { location } = await signIn();
    expect(location).toBe(toPage(fault));
  });

  it('says why the issuer refused, in our own words', async () => {
    const { asked, begun } = await begin();
    const denied = await comeBack(begun, {
      error: 'access_denied',
      error_description: '<script>',
      state: asked['state'] ?? '',
    });
    expect(denied.location).toBe(toPage('denied'));
    const other = await comeBack(begun, { error: '"><script>', state: asked['state'] ?? '' });
    expect([other.location, other.text]).toEqual([toPage('failed'), '']);
  });

  it('needs what the browser was given: no cookie, another one, another state or too late are nothing', async () => {
    const [mine, theirs] = [await begin(), await begin()];
    const state = mine.asked['state'] ?? '';
    const expired = '/sign-in?error=expired';
    expect((await comeBack(null, { code: 'c', state })).location).toBe(expired);
    expect((await comeBack(`${mine.begun.slice(0, -4)}AAAA`, { code: 'c', state })).location).toBe(expired);
    expect((await comeBack('x', { code: 'c', state })).location).toBe(expired);
    expect((await comeBack(theirs.begun, { code: 'c', state })).location).toBe(`${expired}&organisation=acme`);
    expect((await comeBack(mine.begun, { code: 'c' })).location).toBe(`${expired}&organisation=acme`);
    api.clock.now += 11 * minuteMs;
    expect((await comeBack(mine.begun, { code: 'c', state })).location).toBe(expired);
  });

  it('takes the beginning away, whatever became of it', async () => {
    for (const { response } of [await signIn(), await comeBack('x', {})])
      expect(cookiesOf(response).get(begunName)).toContain('Max-Age=0');
  });

  it.each([
    '//evil.example',
    '/\\evil.example',
    'https://evil.example',
    'javascript:alert(1)',
    '/x\\..//evil.example',
    '/x/..//evil.example',
    '/.//evil.example',
    '/%2e//evil.example',
    '',
    'organisation',
    '/api/sessions/oidc/start?organisation=acme',
    `/${'x'.repeat(3000)}`,
    '/"><script>alert(1)</script>',
  ])('leads to no other place than a page of ours: %s', async (path) => {
    const { text } = await signIn(`?organisation=acme&return_to=${encodeURIComponent(path)}`);
    const to = /content="0; url=([^"]*)"/.exec(text)?.[1] ?? '';
    expect(new URL(to, site).origin).toBe(site);
    expect(text).not.toContain('<script');
    expect(to).toMatch(/^\/(?:$|%22)/);
  });

  it('keeps the query and the place of the page', async () => {
    const { text } = await signIn(`?organisation=acme&return_to=${encodeURIComponent('/organisation?q=a&sort=b#top')}`);
    expect(text).toContain('url=/organisation?q=a&amp;sort=b#top"');
  });

  it('is of no use after the issuer was taken away, and so are the sessions', async () => {
    const { session } = await signIn();
    const { asked, begun } = await begin();
    expect(session).not.toBe('');
    await api.call('DELETE', `/api/organisations/${acmeId}/issuer`, { token: rootToken });
    expect(await sessionsInTable()).toEqual([]);
    const { location } = await comeBack(begun, { code: 'c', state: asked['state'] ?? '' });
    expect(location).toBe(toPage('organisation_unknown'));
  });

  it('opens no session when the issuer is taken away, or set anew, while its answer is awaited', async () => {
    const meanwhile = [
      () => api.call('DELETE', `/api/organisations/${acmeId}/issuer`, { token: rootToken }),
      async () => {
        api.clock.now += 1;
        return await trust(api, acmeId, { issuer: issuer.url, client_secret: 'another' });
      },
    ];
    for (const change of meanwhile) {
      expect((await trust(api, acmeId, { issuer: issuer.url, client_secret: 'c-secret' })).status).toBe(200);
      const before = await sessionsInTable();
      tokens = async (nonce) => {
        const answer = { ...opaque, id_token: await issuer.token({ ...admin, nonce }) };
        expect((await change()).ok).toBe(true);
        // A code is exchanged once.
        tokens = async () => ({ error: 'invalid_grant' });
        return answer;
      };
      const { session } = await signIn();
      expect(session).toBe('');
      expect(await sessionsInTable()).toEqual(before);
    }
  });
});
