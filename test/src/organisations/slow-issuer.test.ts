/**
 * An issuer that takes a call and does not answer it, or never comes to an end: whoever needs it is told so within the time of an outbound
 * call, and nobody else waits for it.
 */
import type { JWTPayload } from 'jose';
import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { minuteMs, secondMs } from '../../../src/lib/time.ts';
import { makeApi } from '../../harness/worker/api.ts';
import { makeOrganisation, startIssuer, type TestIssuer, trust, whoIs } from '../../harness/worker/issuer.ts';
import { issuerBrowser, site } from '../../harness/worker/issuer-browser.ts';

const api = makeApi();
const staff = {
  STAFF_OIDC_ISSUER: 'https://staff.example.com',
  STAFF_OIDC_CLIENT_ID: 'console',
  STAFF_OIDC_ROLES: 'groups:admins=owner',
};
Object.assign(api.bindings, { PUBLIC_URL: site, ...staff });
const admin: JWTPayload = { aud: 'tenantry', groups: ['org-admin'] };
/** Far above the time of two outbound calls, one after the other: only what hangs is this slow. */
const hangsMs = 60_000;

let acme: TestIssuer;
let rival: TestIssuer;
let ofStaff: TestIssuer;
let acmeId: string;

beforeAll(async () => {
  acme = await startIssuer(api, 'https://login.acme.example');
  rival = await startIssuer(api, 'https://login.rival.example');
  ofStaff = await startIssuer(api, staff.STAFF_OIDC_ISSUER);
  acmeId = await makeOrganisation(api, 'acme');
  expect((await trust(api, acmeId, { issuer: acme.url })).status).toBe(200);
  expect((await trust(api, await makeOrganisation(api, 'rival'), { issuer: rival.url })).status).toBe(200);
});
beforeEach(() => {
  // What was kept of any issuer's keys is too old.
  api.clock.now += 20 * minuteMs;
});
afterEach(() => {
  for (const issuer of [acme, rival, ofStaff]) issuer.instead.clear();
});

/** Takes the call, and does not answer. */
const silent = () => new Promise<Response>(() => {});
/** Begins to answer, and does not end. */
const endless = () =>
  new Response(new ReadableStream({ start: (body) => body.enqueue(new TextEncoder().encode('{"keys":')) }));

/** What is under way, and whether it is over. */
function watched<T>(work: Promise<T>) {
  const told = { work, isOver: false };
  void work.finally(() => {
    told.isOver = true;
  });
  return told;
}

/** Signs in at an organisation's issuer, which gives the code a token. */
function signInAt(issuer: TestIssuer, slug: string) {
  const { last, signIn } = issuerBrowser(api);
  issuer.instead.set('/token', async () =>
    Response.json({
      access_token: 'opaque',
      token_type: 'Bearer',
      id_token: await issuer.token({ ...admin, aud: 'tenantry-web', nonce: last.nonce }),
    }),
  );
  return signIn(`?organisation=${slug}`);
}

/** Everybody else: another issuer's program and browser, and who needs no issuer. */
async function expectOthersGoOn(): Promise<void> {
  expect((await whoIs(api, await rival.token(admin))).ok).toBe(true);
  expect((await signInAt(rival, 'rival')).response.status).toBe(200);
  expect((await api.call('GET', '/health')).status).toBe(200);
}

describe('an issuer that is slow, when it is asked', { timeout: hangsMs }, () => {
  const pathOf = (fault: string, whose: string) => `/sign-in?error=${fault}${whose}`;

  it('for its keys, its tokens are answered 503, and those that come next do not wait at all', async () => {
    acme.instead.set('/jwks', silent);
    const token = await acme.token(admin);
    const held = [1, 2].map(() => watched(api.call('GET', '/api/billing/health', { token })));
    await expectOthersGoOn();
    expect(held.map(({ isOver }) => isOver)).toEqual([false, false]);
    for (const { work } of held) {
      const said = await work;
      expect([said.status, await said.json()]).toMatchObject([503, { code: 'billing_unavailable' }]);
      expect(Number(said.headers.get('retry-after'))).toBeGreaterThan(0);
    }
    const asked = acme.asked.length;
    expect(await whoIs(api, token)).toEqual({ ok: false, error: 'issuer_away' });
    expect(acme.asked.length).toBe(asked);
    acme.instead.clear();
    api.clock.now += 10 * secondMs;
    expect((await whoIs(api, token)).ok).toBe(true);
  });

  it('for its keys, tokens of those that are known go on', async () => {
    const token = await acme.token(admin);
    expect((await whoIs(api, token)).ok).toBe(true);
    api.clock.now += 2 * minuteMs;
    acme.instead.set('/jwks', endless);
    const unknown = watched(whoIs(api, await acme.token(admin, { kid: 'of tomorrow' })));
    expect((await whoIs(api, token)).ok).toBe(true);
    expect(unknown.isOver).toBe(false);
    expect((await unknown.work).ok).toBe(false);
  });

  it('for a token, the browser comes back to the sign-in page, without a session', async () => {
    const { begin, comeBack, sessionsInTable } = issuerBrowser(api);
    acme.instead.set('/token', endless);
    const { asked, begun } = await begin('?organisation=acme');
    const held = watched(comeBack(begun, { code: 'the-code', state: asked['state'] ?? '' }));
    await expectOthersGoOn();
    expect(held.isOver).toBe(false);
    const sessions = (await sessionsInTable()).length;
    expect((await held.work).location).toBe(pathOf('issuer_unavailable', '&organisation=acme'));
    expect((await sessionsInTable()).length).toBe(sessions);
  });

  it('what it is, it is not set, with the reason, and the one that is set goes on', async () => {
    acme.instead.set('/.well-known/openid-configuration', silent);
    const held = watched(trust(api, acmeId, { issuer: acme.url, audience: 'another' }));
    await expectOthersGoOn();
    expect((await whoIs(api, await acme.token(admin))).ok).toBe(true);
    expect(held.isOver).toBe(false);
    const said = await held.work;
    expect([said.status, await said.text()]).toEqual([422, expect.stringContaining('does not answer within 5000 ms')]);
    expect((await whoIs(api, await acme.token(admin))).ok).toBe(true);
  });

  it('what it is, staff comes back to the sign-in page', async () => {
    ofStaff.instead.set('/.well-known/openid-configuration', endless);
    const held = watched(issuerBrowser(api).begin('?staff=true'));
    await expectOthersGoOn();
    expect(held.isOver).toBe(false);
    expect((await held.work).response.headers.get('location')).toBe(pathOf('issuer_unavailable', ''));
  });
});
