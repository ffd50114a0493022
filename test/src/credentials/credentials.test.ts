/** Keys and tokens of every kind: who makes them, how they are listed, and that they end. */
import { beforeAll, describe, expect, it } from 'vitest';
import { cryptoRandom } from '../../../src/lib/ids.ts';
import { newKey, sha256Hex } from '../../../src/lib/keys.ts';
import { ensureCluster, makeApi, rootToken, signUp } from '../../harness/worker/api.ts';
import { asBrowser, sessionFor, staffGrant } from '../../harness/worker/browser.ts';

const api = makeApi(Date.parse('2026-11-20T12:30:00.000Z'));
const control = api.bindings['CONTROL'] as D1Database;
let tokens: { provisionerToken: string; clusterKey: string };
beforeAll(async () => {
  tokens = await ensureCluster(api);
});

interface Item {
  credential_id: string;
  kind: string;
  owner: string;
  name: string | null;
  role: string | null;
  expires_at: string | null;
  last_used_on: string | null;
  revoked_at: string | null;
}

const list = async (query: string): Promise<Item[]> => {
  const answer = await api.call('GET', `/api/credentials?limit=100&${query}`, { token: rootToken });
  expect(answer.status).toBe(200);
  return ((await answer.json()) as { items: Item[] }).items;
};
const revoke = (id: string, token = rootToken) => api.call('DELETE', `/api/credentials/${id}`, { token });
const makeToken = (body: Record<string, unknown>, token = rootToken, headers = {}) =>
  api.call('POST', '/api/admin-tokens', { token, body, headers });
const made = async (body: Record<string, unknown>) =>
  (await (await makeToken(body)).json()) as { credential_id: string; token: string };

describe('credentials of every kind', () => {
  it('are listed without secrets and end within a second of their revocation', async () => {
    const who = await signUp(api);
    const id = who.customer.customer_id;
    const reporter = (await (
      await api.call('POST', `/api/customers/${id}/reporters`, {
        token: rootToken,
        body: { instance_id: 'own', take_over: true },
      })
    ).json()) as { api_key: string; reporter: { id: string } };
    const admin = await made({ name: 'every.kind', role: 'viewer' });
    const uses: [kind: string, owner: string, token: string, use: () => Promise<Response>][] = [
      ['account', id, who.api_key, () => api.call('GET', `/api/customers/${id}`, { token: who.api_key })],
      [
        'reporter',
        reporter.reporter.id,
        reporter.api_key,
        () => api.call('GET', `/api/usage/${id}/cursor?instance_id=own`, { token: reporter.api_key }),
      ],
      [
        'cluster',
        'local',
        tokens.clusterKey,
        () => api.call('POST', '/api/usage/batch', { token: tokens.clusterKey, body: { reports: [] } }),
      ],
      [
        'provisioner',
        'local',
        tokens.provisionerToken,
        () =>
          api.call('POST', `/api/provisioner/jobs/job_${'0'.repeat(32)}/progress`, {
            token: tokens.provisionerToken,
            body: {},
          }),
      ],
      ['admin', '', admin.token, () => api.call('GET', '/api/customers', { token: admin.token })],
    ];
    for (const [kind, owner, token, use] of uses) {
      expect([kind, (await use()).status]).not.toEqual([kind, 401]);
      const items = await list(`kind=${kind}${owner === '' ? '' : `&owner=${owner}`}`);
      const item = items.find((one) => one.revoked_at === null);
      expect(item, kind).toMatchObject({ kind, expires_at: null, last_used_on: '2026-11-20' });
      expect(JSON.stringify(items)).not.toContain(token.slice(-32));
      expect(JSON.stringify(items)).not.toContain(await sha256Hex(token));
      expect((await revoke(item?.credential_id ?? '')).status).toBe(204);
      api.clock.now += 900;
      expect([kind, (await use()).status]).toEqual([kind, 401]);
      expect((await revoke(item?.credential_id ?? '')).status).toBe(404);
    }
    tokens = await ensureCluster(api);
  });

  it('are an owner’s to see and revoke; an operator revokes those of clusters only', async () => {
    const operator = await made({ name: 'op', role: 'operator' });
    expect((await api.call('GET', '/api/credentials', { token: operator.token })).status).toBe(403);
    const who = await signUp(api);
    const [account] = await list(`owner=${who.customer.customer_id}`);
    const refused = await revoke(account?.credential_id ?? '', operator.token);
    expect([refused.status, await refused.json()]).toMatchObject([403, { code: 'forbidden' }]);
    const cluster = (await list('kind=cluster')).find((item) => item.revoked_at === null);
    expect((await revoke(cluster?.credential_id ?? '', operator.token)).status).toBe(204);
    tokens = await ensureCluster(api);
  });

  it('sessions of staff are among them by their own kind, and another owner ends one at once', async () => {
    const endsAt = api.clock.now + 3_600_000;
    const grant = staffGrant(api, { name: 'oidc:ada@staff.test', role: 'owner', endsAt });
    const ada = await sessionFor(api, grant);
    const headers = asBrowser(ada.secret);
    const read = async () => (await api.call('GET', '/api/customers', { headers })).status;
    expect(await read()).toBe(200);
    const member = await signUp(api);
    expect(await list('')).not.toContainEqual(expect.objectContaining({ kind: 'session' }));
    const items = await list('kind=session&owner=staff:oidc:ada@staff.test');
    expect(items).toEqual([
      expect.objectContaining({
        credential_id: ada.sessionId,
        kind: 'session',
        name: 'oidc:ada@staff.test',
        role: 'owner',
        expires_at: new Date(endsAt).toISOString(),
        last_used_on: '2026-11-20',
        revoked_at: null,
      }),
    ]);
    const operator = await made({ name: 'desk', role: 'operator' });
    expect((await revoke(ada.sessionId, operator.token)).status).toBe(403);
    expect((await revoke(ada.sessionId)).status).toBe(204);
    expect(await read()).toBe(401);
    expect((await revoke(ada.sessionId)).status).toBe(404);
    const memberId = await control
      .prepare('SELECT id FROM members WHERE customer_id = ?')
      .bind(member.customer.customer_id)
      .first<string>('id');
    const theirs = await sessionFor(api, { kind: 'account', memberId: memberId ?? '', method: 'link' });
    expect((await revoke(theirs.sessionId)).status).toBe(404);
  });

  it('note the day of their last use once a day', async () => {
    const who = await signUp(api);
    const read = () => api.call('GET', `/api/customers/${who.customer.customer_id}`, { token: who.api_key });
    const lastDay = async () => (await list(`owner=${who.customer.customer_id}`))[0]?.last_used_on;
    expect(await lastDay()).toBeNull();
    await read();
    expect(await lastDay()).toBe('2026-11-20');
    await control.prepare('UPDATE credentials SET last_used_day = 9e14').run();
    await read();
    const kept = await control.prepare('SELECT count(*) n FROM credentials WHERE last_used_day < 9e14').first();
    expect(kept).toEqual({ n: 0 });
  });
});

describe('an admin token', () => {
  it('is shown once, has its role, and ends when it expires', async () => {
    const token = await made({ name: 'ada@example.com', role: 'viewer', expires_at: '2026-11-20T13:00:00Z' });
    expect(token).toMatchObject({ success: true, credential_id: expect.stringMatching(/^key_/) });
    const read = () => api.call('GET', '/api/customers', { token: token.token });
    expect((await read()).status).toBe(200);
    expect((await api.call('GET', '/api/credentials', { token: token.token })).status).toBe(403);
    const before = api.clock.now;
    api.clock.now = Date.parse('2026-11-20T13:00:00Z');
    expect((await read()).status).toBe(401);
    api.clock.now = before;
    const past = await makeToken({ name: 'past', role: 'viewer', expires_at: '2026-11-20T12:00:00Z' });
    expect([past.status, await past.json()]).toMatchObject([422, { details: { issues: [{ path: 'expires_at' }] } }]);
  });

  it('has a name of its own while it lives, never root, nor one that could be mistaken for another', async () => {
    const first = await made({ name: 'deploy', role: 'operator' });
    const answers = await Promise.all([1, 2, 3].map(() => makeToken({ name: 'twin', role: 'viewer' })));
    expect(answers.map((answer) => answer.status).sort()).toEqual([201, 409, 409]);
    for (const name of ['root', 'deploy']) {
      const taken = await makeToken({ name, role: 'viewer' });
      expect([taken.status, await taken.json()]).toMatchObject([409, { code: 'name_taken' }]);
    }
    for (const name of ['Root', 'r\u043eot', ' root', 'a b', '', 'a\u202eb']) {
      expect((await makeToken({ name, role: 'viewer' })).status, name).toBe(422);
    }
    await revoke(first.credential_id);
    expect((await makeToken({ name: 'deploy', role: 'operator' })).status).toBe(201);
  });

  it('is a principal of its own: a namesake gets no replay, and the audit log tells them apart', async () => {
    const body = { email: `own-${Date.now()}@example.com`, company_name: 'Own' };
    const headers = { 'idempotency-key': 'same-key-of-two-tokens' };
    const ids: string[] = [];
    const statuses: number[] = [];
    for (const round of [1, 2]) {
      const token = await made({ name: 'namesake', role: 'operator' });
      ids.push(token.credential_id);
      const answer = await api.call('POST', '/api/customers', { token: token.token, body, headers });
      statuses.push(answer.status);
      expect(answer.headers.get('idempotency-replayed')).toBeNull();
      if (round === 1) await revoke(token.credential_id);
    }
    expect(statuses).toEqual([201, 409]);
    const row = await control
      .prepare("SELECT actor, credential_id FROM audit_log WHERE actor = 'admin:namesake'")
      .first();
    expect(row).toEqual({ actor: 'admin:namesake', credential_id: ids[0] });
  });
});

describe('a reporter’s key', () => {
  const withReporter = async () => {
    const who = await signUp(api);
    const path = `/api/customers/${who.customer.customer_id}`;
    const answer = await api.call('POST', `${path}/reporters`, {
      token: rootToken,
      body: { instance_id: 'ends', take_over: true },
    });
    const { api_key: key, reporter } = (await answer.json()) as { api_key: string; reporter: { id: string } };
    const use = async () =>
      (await api.call('GET', `/api/usage/${who.customer.customer_id}/cursor?instance_id=ends`, { token: key })).status;
    return { path, key, reporter, use };
  };

  it('ends when nothing that it may report would be taken, after its end or the customer’s', async () => {
    const start = api.clock.now;
    const [ended, gone] = [await withReporter(), await withReporter()];
    await api.call('POST', `${ended.path}/reporters/${ended.reporter.id}/end`, { token: rootToken, body: {} });
    await api.call('POST', `${gone.path}/deactivate`, { token: rootToken, body: {} });
    api.clock.now = start + 61 * 86_400_000;
    expect([await ended.use(), await gone.use()]).toEqual([200, 200]);
    api.clock.now = start + 62 * 86_400_000 + 3_600_000;
    expect([await ended.use(), await gone.use()]).toEqual([401, 401]);
    const [item] = await list(`owner=${gone.reporter.id}`);
    expect(item?.revoked_at).toBe(new Date(start + 62 * 86_400_000).toISOString());
    await api.call('POST', `${gone.path}/reactivate`, { token: rootToken, body: {} });
    expect([await ended.use(), await gone.use()]).toEqual([401, 200]);
    api.clock.now = start;
  });

  it('is made for nobody who is deactivated', async () => {
    const { path } = await withReporter();
    await api.call('POST', `${path}/deactivate`, { token: rootToken, body: {} });
    const more = await api.call('POST', `${path}/reporters`, { token: rootToken, body: { instance_id: 'more' } });
    expect([more.status, await more.json()]).toMatchObject([409, { code: 'already_deactivated' }]);
  });

  it('that a person has revoked is brought back by no registration', async () => {
    const who = await signUp(api);
    let leased: { lease_id: string; reporter_id: string; job: { customer_id: string } };
    do {
      const answer = await api.call('POST', '/api/provisioner/jobs/next', { token: tokens.provisionerToken, body: {} });
      leased = (await answer.json()) as typeof leased;
    } while (leased.job.customer_id !== who.customer.customer_id);
    const key_hash = await sha256Hex(newKey(leased.reporter_id, cryptoRandom));
    const register = () =>
      api.call('PUT', `/api/provisioner/reporters/${leased.reporter_id}`, {
        token: tokens.provisionerToken,
        body: { lease_id: leased.lease_id, key_hash },
      });
    expect((await register()).status).toBe(200);
    const [item] = await list(`owner=${leased.reporter_id}`);
    await revoke(item?.credential_id ?? '');
    const again = await register();
    expect([again.status, await again.json()]).toMatchObject([409, { code: 'key_revoked' }]);
  });
});
