import { createLocalJWKSet, decodeProtectedHeader, importSPKI, type JSONWebKeySet, jwtVerify } from 'jose';
import { beforeAll, describe, expect, it } from 'vitest';
import { ensureCluster, makeApi, rootToken, signUp } from '../../harness/worker/api.ts';

const api = makeApi();
let publicUrl = '';
beforeAll(async () => {
  await ensureCluster(api);
  publicUrl = String(api.bindings['PUBLIC_URL']);
});

const jwksOf = async () => (await (await api.call('GET', '/.well-known/jwks.json')).json()) as JSONWebKeySet;

/** As an instance does it: offline, with what was published. */
const verifyOffline = async (token: string) =>
  await jwtVerify(token, createLocalJWKSet(await jwksOf()), {
    algorithms: ['RS256'],
    issuer: publicUrl,
    audience: 'tenantry-instance',
    requiredClaims: ['exp', 'sub', 'jti'],
  });

describe('a licence', () => {
  it('verifies offline with the published key set and with the PEM, and says what the plan includes', async () => {
    const made = await signUp(api, { plan: 'professional' });
    const { payload } = await verifyOffline(made.license.jwt);
    expect(payload).toMatchObject({
      sub: made.customer.customer_id,
      plan: 'professional',
      features: { maxDevices: 10, canScheduleJobs: true },
      limits: { maxUsers: 2 },
      trial: { isTrialMode: true, expiresAt: made.subscription.trial_ends_at },
    });
    const pem = await (await api.call('GET', '/api/licenses/public-key')).text();
    await expect(jwtVerify(made.license.jwt, await importSPKI(pem, 'RS256'))).resolves.toBeDefined();
    expect(decodeProtectedHeader(made.license.jwt)).toMatchObject({ alg: 'RS256', kid: (await jwksOf()).keys[0]?.kid });
  });

  it('is signed again on a read: the same token, and none is stored', async () => {
    const made = await signUp(api);
    const read = await api.call('GET', `/api/licenses/${made.customer.customer_id}`, { token: made.api_key });
    expect(await read.json()).toMatchObject({ license: made.license.jwt, decoded: { sub: made.customer.customer_id } });
    const rows = await (api.bindings['CONTROL'] as D1Database).prepare('SELECT * FROM licences').all();
    expect(JSON.stringify(rows.results)).not.toContain(made.license.jwt.split('.')[2]);
    const etag = read.headers.get('etag') ?? '';
    const unchanged = await api.call('GET', `/api/licenses/${made.customer.customer_id}`, {
      token: made.api_key,
      headers: { 'if-none-match': etag },
    });
    expect(unchanged.status).toBe(304);
  });

  it('gets a verdict with a stable code, also when it is forged, foreign or revoked', async () => {
    const [mine, other] = [await signUp(api), await signUp(api)];
    const verdict = async (license: string, token = mine.api_key) =>
      (
        (await (await api.call('POST', '/api/licenses/validate', { token, body: { license } })).json()) as {
          code: string;
        }
      ).code;
    const [head, payload, signature] = mine.license.jwt.split('.');
    const bigger = btoa(JSON.stringify({ ...JSON.parse(atob(payload ?? '')), plan: 'enterprise' })).replace(/=+$/, '');
    const unsigned = `${btoa(JSON.stringify({ alg: 'none' })).replace(/=+$/, '')}.${payload}.`;
    expect(await verdict(mine.license.jwt)).toBe('valid');
    expect(await verdict(`${head}.${bigger}.${signature}`)).toBe('bad_signature');
    expect(await verdict(unsigned)).toBe('malformed');
    expect(await verdict('not a token')).toBe('malformed');
    expect(await verdict(other.license.jwt)).toBe('unknown_licence');
    api.clock.now += 60 * 86_400_000;
    expect(await verdict(mine.license.jwt)).toBe('expired');
    api.clock.now -= 60 * 86_400_000;
    await api.call('POST', `/api/licenses/${mine.customer.customer_id}/revoke`, {
      token: rootToken,
      body: { reason: 'lost' },
    });
    expect(await verdict(mine.license.jwt)).toBe('revoked');
    const history = await api.call('GET', `/api/licenses/${mine.customer.customer_id}/history`, { token: rootToken });
    const now = new Date(api.clock.now).toISOString();
    expect(await history.json()).toMatchObject({ history: [{ action: 'generated', revoked_at: now }] });
  });
});
