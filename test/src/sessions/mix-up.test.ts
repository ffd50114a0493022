/** An issuer that passes for another one gets no code of it, and opens no session with one. */
import { beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { makeApi } from '../../harness/worker/api.ts';
import { makeOrganisation, startIssuer, type TestIssuer, trust } from '../../harness/worker/issuer.ts';
import { issuerBrowser, site } from '../../harness/worker/issuer-browser.ts';

const api = makeApi();
api.bindings['PUBLIC_URL'] = site;
const { last, begin, comeBack } = issuerBrowser(api);
const toPage = (error: string) => `/sign-in?error=${error}&organisation=acme`;
let issuer: TestIssuer;
let acmeId: string;

beforeAll(async () => {
  issuer = await startIssuer(api);
  acmeId = await makeOrganisation(api, 'acme');
  issuer.instead.set('/token', async () => {
    const claims = { aud: 'tenantry-web', org: 'acme', groups: ['org-admin'], nonce: last.nonce };
    return Response.json({ access_token: 'opaque', token_type: 'Bearer', id_token: await issuer.token(claims) });
  });
});
beforeEach(async () => {
  expect((await trust(api, acmeId, { issuer: issuer.url, client_secret: 'c-secret' })).status).toBe(200);
});

describe('issuers that are mixed up', () => {
  const tokenAsked = (one: TestIssuer) => one.asked.filter((path) => path === '/token').length;

  it('a code goes to the issuer that the browser was sent to, and not to one that has taken its place', async () => {
    const evil = await startIssuer(api, 'https://evil.example.com');
    const { asked, begun } = await begin();
    expect((await trust(api, acmeId, { issuer: evil.url })).status).toBe(200);
    const { location, session } = await comeBack(begun, { code: 'c', state: asked['state'] ?? '' });
    expect([location, session, tokenAsked(evil)]).toEqual([toPage('expired'), '', 0]);
  });

  it('an answer that names another issuer is refused before its code is used, and one without where it is announced', async () => {
    const back = async (iss: Record<string, string>) => {
      const { asked, begun } = await begin();
      const before = tokenAsked(issuer);
      const { location, session } = await comeBack(begun, { code: 'c', state: asked['state'] ?? '', ...iss });
      return [location ?? 'signed in', session !== '', tokenAsked(issuer) - before];
    };
    const refused = [toPage('failed'), false, 0];
    expect(await back({ iss: 'https://evil.example.com' })).toEqual(refused);
    expect(await back({})).toEqual(['signed in', true, 1]);
    issuer.document['authorization_response_iss_parameter_supported'] = true;
    expect((await trust(api, acmeId, { issuer: issuer.url, client_secret: 'c-secret' })).status).toBe(200);
    expect(await back({})).toEqual(refused);
    expect(await back({ iss: 'https://evil.example.com' })).toEqual(refused);
    expect(await back({ iss: issuer.url })).toEqual(['signed in', true, 1]);
    delete issuer.document['authorization_response_iss_parameter_supported'];
  });
});
