/** A session's cookie opens the doors of what it stands for, for pages of ours only, and no longer than that holds. */
import { beforeAll, describe, expect, it } from 'vitest';
import { sha256Hex } from '../../../src/lib/keys.ts';
import { dayMs, hourMs, minuteMs } from '../../../src/lib/time.ts';
import { ensureCluster, makeApi, rootToken, signUp } from '../../harness/worker/api.ts';
import { asBrowser, cookieName, sessionFor, staffGrant } from '../../harness/worker/browser.ts';

const startAt = Date.parse('2026-11-20T12:30:00.000Z');
const api = makeApi(startAt);
const control = () => api.bindings['CONTROL'] as D1Database;
beforeAll(async () => {
  await ensureCluster(api);
});

async function memberOf(customerId: string): Promise<string> {
  const row = await control()
    .prepare('SELECT id FROM members WHERE customer_id = ?')
    .bind(customerId)
    .first<{ id: string }>();
  return row?.id ?? '';
}

/** A customer whose owner is signed in. */
async function owner() {
  api.clock.now = startAt;
  const made = await signUp(api);
  const customerId = made.customer.customer_id;
  const memberId = await memberOf(customerId);
  const session = await sessionFor(api, { kind: 'account', memberId, method: 'password' });
  const path = `/api/customers/${customerId}`;
  const read = async () => (await api.call('GET', path, { headers: asBrowser(session.secret) })).status;
  return { ...session, apiKey: made.api_key, customerId, memberId, path, read };
}

/** An admin's session by a token of that role. */
async function admin(role: string, expiresAt?: string) {
  api.clock.now = startAt;
  const body = { name: crypto.randomUUID(), role, ...(expiresAt ? { expires_at: expiresAt } : {}) };
  const made = await api.call('POST', '/api/admin-tokens', { token: rootToken, body });
  const { credential_id: credentialId } = (await made.json()) as { credential_id: string };
  const session = await sessionFor(api, { kind: 'token', credentialId });
  const ask = async (path: string) => (await api.call('GET', path, { headers: asBrowser(session.secret) })).status;
  return { ...session, credentialId, ask };
}

describe('a member’s session', () => {
  it('reads its own customer and nobody else’s', async () => {
    const [mine, theirs] = [await owner(), await owner()];
    expect(await mine.read()).toBe(200);
    expect((await api.call('GET', theirs.path, { headers: asBrowser(mine.secret) })).status).toBe(404);
    expect((await api.call('GET', '/api/customers', { headers: asBrowser(mine.secret) })).status).toBe(403);
  });

  it('ends when the member is removed, and follows the role', async () => {
    const mine = await owner();
    const reporters = () => api.call('POST', `${mine.path}/api-keys`, { headers: asBrowser(mine.secret), body: {} });
    expect((await reporters()).status).toBe(201);
    await control().prepare("UPDATE members SET role = 'viewer' WHERE id = ?").bind(mine.memberId).run();
    expect((await reporters()).status).toBe(403);
    await control().prepare('DELETE FROM members WHERE id = ?').bind(mine.memberId).run();
    expect(await mine.read()).toBe(401);
  });

  it('ends 12 hours after its last use, and 7 days after its beginning whatever its use', async () => {
    const idle = await owner();
    api.clock.now = startAt + 12 * hourMs - 1;
    expect(await idle.read()).toBe(200);
    api.clock.now += 12 * hourMs;
    expect(await idle.read()).toBe(401);
    const busy = await owner();
    for (let at = startAt; at < startAt + 7 * dayMs; at += 6 * hourMs) {
      api.clock.now = at;
      expect(await busy.read()).toBe(200);
    }
    api.clock.now = startAt + 7 * dayMs - 1;
    expect(await busy.read()).toBe(200);
    api.clock.now += 1;
    expect(await busy.read()).toBe(401);
  });

  it('notes its use every five minutes, and answers when that cannot be noted', async () => {
    const mine = await owner();
    const noted = async () =>
      (
        await control()
          .prepare('SELECT last_used_at v FROM sessions WHERE id = ?')
          .bind(mine.sessionId)
          .first<{ v: number }>()
      )?.v;
    api.clock.now = startAt + 5 * minuteMs - 1;
    await mine.read();
    expect(await noted()).toBe(startAt);
    api.clock.now += 1;
    await mine.read();
    expect(await noted()).toBe(startAt + 5 * minuteMs);
    await control()
      .prepare("CREATE TRIGGER no_note BEFORE UPDATE ON sessions BEGIN SELECT RAISE(ABORT, 'no'); END")
      .run();
    api.clock.now += hourMs;
    expect(await mine.read()).toBe(200);
    await control().prepare('DROP TRIGGER no_note').run();
  });

  it('is refused once its customer is deactivated', async () => {
    const mine = await owner();
    await api.call('POST', `${mine.path}/deactivate`, { token: rootToken, body: {} });
    expect(await mine.read()).toBe(401);
    // Also one that was being opened meanwhile.
    const late = await sessionFor(api, { kind: 'account', memberId: mine.memberId, method: 'password' });
    expect((await api.call('GET', mine.path, { headers: asBrowser(late.secret) })).status).toBe(401);
  });
});

describe('an admin’s session', () => {
  it('has the role of its token, and ends when that is revoked or has expired', async () => {
    const viewer = await admin('viewer');
    expect(await viewer.ask('/api/customers')).toBe(200);
    expect(await viewer.ask('/api/credentials')).toBe(403);
    await api.call('DELETE', `/api/credentials/${viewer.credentialId}`, { token: rootToken });
    expect(await viewer.ask('/api/customers')).toBe(401);
    const brief = await admin('owner', new Date(startAt + hourMs).toISOString());
    expect(await brief.ask('/api/credentials')).toBe(200);
    api.clock.now = startAt + hourMs;
    expect(await brief.ask('/api/credentials')).toBe(401);
  });

  it('of the root token ends when the environment has another one', async () => {
    api.clock.now = startAt;
    const rootHash = await sha256Hex(rootToken);
    const { secret } = await sessionFor(api, { kind: 'root', credentialId: 'root', rootHash });
    const headers = asBrowser(secret);
    expect((await api.call('GET', '/api/credentials', { headers })).status).toBe(200);
    const bindings = { ADMIN_API_TOKEN: 'another-root-token-of-32-characters' };
    expect((await api.call('GET', '/api/credentials', { headers, bindings })).status).toBe(401);
  });

  it('of the staff issuer has the name and role of its token, and its end', async () => {
    api.clock.now = startAt;
    const grant = staffGrant(api, { name: 'ada@staff.test', role: 'viewer', endsAt: startAt + hourMs });
    const { secret } = await sessionFor(api, grant);
    const headers = asBrowser(secret);
    expect((await api.call('GET', '/api/customers', { headers })).status).toBe(200);
    expect((await api.call('GET', '/api/credentials', { headers })).status).toBe(403);
    api.clock.now += hourMs;
    expect((await api.call('GET', '/api/customers', { headers })).status).toBe(401);
  });
});

describe('the cookie', () => {
  it('changes nothing unless a page of ours sends it', async () => {
    const mine = await owner();
    const cookie = `${cookieName}=${mine.secret}`;
    const post = async (headers: Record<string, string>) => {
      const answer = await api.call('POST', `${mine.path}/api-keys`, { headers: { cookie, ...headers }, body: {} });
      return [answer.status, ((await answer.json()) as { code?: string }).code];
    };
    const crossSite = [403, 'cross_site'];
    expect(await post({})).toEqual(crossSite);
    expect(await post({ origin: 'https://evil.test' })).toEqual(crossSite);
    expect(await post({ origin: 'null' })).toEqual(crossSite);
    expect(await post({ origin: 'https://api.test.evil.test' })).toEqual(crossSite);
    for (const site of ['cross-site', 'same-site', 'none']) {
      expect(await post({ 'sec-fetch-site': site })).toEqual(crossSite);
    }
    expect(await post({ 'sec-fetch-site': 'cross-site', origin: 'https://api.test' })).toEqual(crossSite);
    expect((await post({ 'sec-fetch-site': 'same-origin' }))[0]).toBe(201);
    expect((await post({ origin: 'https://api.test' }))[0]).toBe(201);
    expect((await post({ origin: 'http://127.0.0.1:8787' }))[0]).toBe(201);
  });

  it('opens no WebSocket for a page of somebody else', async () => {
    const mine = await owner();
    const headers = { cookie: `${cookieName}=${mine.secret}`, upgrade: 'websocket' };
    const refused = await api.call('GET', mine.path, { headers: { ...headers, origin: 'https://evil.test' } });
    expect([refused.status, await refused.json()]).toMatchObject([403, { code: 'cross_site' }]);
    expect((await api.call('GET', mine.path, { headers: { ...headers, origin: 'https://api.test' } })).status).toBe(
      200,
    );
  });

  it('is not looked at beside a key', async () => {
    const [mine, theirs] = [await owner(), await owner()];
    const headers = { cookie: `${cookieName}=${theirs.secret}` };
    expect((await api.call('GET', mine.path, { headers, token: mine.apiKey })).status).toBe(200);
    expect((await api.call('GET', theirs.path, { headers, token: mine.apiKey })).status).toBe(404);
    expect((await api.call('GET', theirs.path, { headers, token: `${mine.apiKey.slice(0, -1)}g` })).status).toBe(401);
  });

  it('has its name with the prefix at https, and counts under no other name', async () => {
    const mine = await owner();
    const bindings = { PUBLIC_URL: 'https://api.test' };
    const ask = async (name: string) =>
      (await api.call('GET', mine.path, { headers: { cookie: `${name}=${mine.secret}` }, bindings })).status;
    expect(await ask('__Host-tenantry')).toBe(200);
    expect(await ask('tenantry')).toBe(401);
  });

  it('that is none, or has ended, keeps nobody out of what is public', async () => {
    for (const value of ['x', 'f'.repeat(64), 'f'.repeat(5000), '%00', '"']) {
      const headers = { cookie: `${cookieName}=${value}` };
      expect((await api.call('GET', '/api/licenses/public-key', { headers })).status).toBe(200);
      expect((await api.call('GET', '/api/customers', { headers })).status).toBe(401);
    }
  });
});
