/** Tokens of an issuer that several organisations trust: whose people they are. */
import type { JWTPayload } from 'jose';
import { describe, expect, it } from 'vitest';
import { makeApi } from '../../harness/worker/api.ts';
import { makeOrganisation, startIssuer, trust, whoIs } from '../../harness/worker/issuer.ts';

const api = makeApi();
const admin: JWTPayload = { aud: 'tenantry', org: 'acme', groups: ['org-admin'] };

describe('organisations of one issuer', () => {
  it('are told apart by org, and a token without it is nobody’s', async () => {
    const shared = await startIssuer(api, 'https://login.shared.example');
    const [north, south] = [await makeOrganisation(api, 'north'), await makeOrganisation(api, 'south')];
    for (const id of [north, south]) expect((await trust(api, id, { issuer: shared.url })).status).toBe(200);
    const organisationOf = async (claims: JWTPayload) => {
      const who = await whoIs(api, await shared.token({ ...admin, ...claims }));
      return who.ok && who.value.kind === 'person' ? who.value.organisationId : null;
    };
    expect(await organisationOf({ org: 'north' })).toBe(north);
    expect(await organisationOf({ org: 'south' })).toBe(south);
    expect(await organisationOf({ org: 'acme' })).toBeNull();
    expect(await organisationOf({ org: undefined })).toBeNull();
  });

  it('need org also where their audiences differ; the only one of an issuer does not', async () => {
    const shared = await startIssuer(api, 'https://login.growing.example');
    const [first, second] = [await makeOrganisation(api, 'first'), await makeOrganisation(api, 'second')];
    const organisationOf = async (claims: JWTPayload) => {
      const who = await whoIs(api, await shared.token({ groups: ['org-admin'], ...claims }));
      return who.ok && who.value.kind === 'person' ? who.value.organisationId : null;
    };
    await trust(api, first, { issuer: shared.url, audience: 'for-first' });
    expect(await organisationOf({ aud: 'for-first' })).toBe(first);
    await trust(api, second, { issuer: shared.url, audience: 'for-second' });
    expect(await organisationOf({ aud: 'for-first' })).toBeNull();
    expect(await organisationOf({ aud: ['for-first', 'for-second'] })).toBeNull();
    expect(await organisationOf({ aud: 'for-first', org: 'first' })).toBe(first);
    expect(await organisationOf({ aud: 'for-first', org: 'second' })).toBeNull();
    expect(await organisationOf({ aud: ['for-first', 'for-second'], org: 'second' })).toBe(second);
  });
});
