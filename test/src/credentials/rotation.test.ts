/** Keys and tokens of every kind in the place of one that works on for a while. */
import { beforeAll, describe, expect, it } from 'vitest';
import { cryptoRandom } from '../../../src/lib/ids.ts';
import { newKey, sha256Hex } from '../../../src/lib/keys.ts';
import { ensureCluster, makeApi, rootToken, signUp } from '../../harness/worker/api.ts';

const api = makeApi(Date.parse('2026-11-20T12:30:00.000Z'));
const control = api.bindings['CONTROL'] as D1Database;
beforeAll(async () => {
  await ensureCluster(api);
});

interface Item {
  credential_id: string;
  role: string | null;
  expires_at: string | null;
  rotated_to: string | null;
  revoked_at: string | null;
}

const list = async (query: string): Promise<Item[]> => {
  const answer = await api.call('GET', `/api/credentials?limit=100&${query}`, { token: rootToken });
  return ((await answer.json()) as { items: Item[] }).items;
};
const made = async (body: Record<string, unknown>) =>
  (await (await api.call('POST', '/api/admin-tokens', { token: rootToken, body })).json()) as {
    credential_id: string;
    token: string;
  };

describe('credentials of every kind', () => {
  it('are rotated: both work for the overlap, then only the new one, which lives as long', async () => {
    const who = await signUp(api);
    const id = who.customer.customer_id;
    const expires = (days: number) => new Date(api.clock.now + days * 86_400_000).toISOString();
    const reporter = (await (
      await api.call('POST', `/api/customers/${id}/reporters`, {
        token: rootToken,
        body: { instance_id: 'own', take_over: true, key_expires_at: expires(30) },
      })
    ).json()) as { api_key: string; reporter: { id: string } };
    const ofCluster = async (path: string, name: string) => {
      const body = { name, expires_at: expires(30) };
      const answer = await api.call('POST', `/api/clusters/local/${path}`, { token: rootToken, body });
      return (await answer.json()) as { key_id: string; token?: string; api_key?: string };
    };
    const [token, key] = [await ofCluster('tokens', 'second provisioner'), await ofCluster('keys', 'second exporter')];
    const admin = await made({ name: 'rotated', role: 'operator', expires_at: expires(30) });
    const job = `/api/provisioner/jobs/job_${'0'.repeat(32)}/progress`;
    const [ofReporter] = await list(`owner=${reporter.reporter.id}`);
    const uses: [id: string, secret: string, name: string, use: (token: string) => Promise<Response>][] = [
      [admin.credential_id, admin.token, 'rotated', (t) => api.call('GET', '/api/customers', { token: t })],
      [token.key_id, token.token ?? '', 'second provisioner', (t) => api.call('POST', job, { token: t, body: {} })],
      [
        key.key_id,
        key.api_key ?? '',
        'second exporter',
        (t) => api.call('POST', '/api/usage/batch', { token: t, body: { reports: [] } }),
      ],
      [
        ofReporter?.credential_id ?? '',
        reporter.api_key,
        'own',
        (t) => api.call('GET', `/api/usage/${id}/cursor?instance_id=own`, { token: t }),
      ],
    ];
    const rotate = (credentialId: string, body: object = {}, by = rootToken) =>
      api.call('POST', `/api/credentials/${credentialId}/rotate`, { token: by, body });
    for (const [credentialId, old, name, use] of uses) {
      const answer = await rotate(credentialId, { overlap_seconds: 60 });
      expect([name, answer.status]).toEqual([name, 201]);
      const fresh = (await answer.json()) as { credential_id: string; secret: string; old_revoked_at: string };
      expect(fresh.old_revoked_at).toBe(new Date(api.clock.now + 60_000).toISOString());
      expect([(await use(old)).status, (await use(fresh.secret)).status], name).not.toContain(401);
      const items = await list('');
      expect(items.find((item) => item.credential_id === credentialId)).toMatchObject({
        name,
        rotated_to: fresh.credential_id,
        revoked_at: fresh.old_revoked_at,
      });
      const { expires_at, role } = items.find((item) => item.credential_id === fresh.credential_id) as Item;
      expect([expires_at, role]).toEqual([expires(30), name === 'rotated' ? 'operator' : null]);
      expect(await (await rotate(credentialId)).json()).toMatchObject({ code: 'already_rotated' });
      api.clock.now += 60_000;
      expect([name, (await use(old)).status]).toEqual([name, 401]);
      expect([name, (await use(fresh.secret)).status]).not.toEqual([name, 401]);
      expect((await rotate(credentialId)).status).toBe(404);
    }
    const ended = await api.call('POST', '/api/clusters/local/tokens', {
      token: rootToken,
      body: { expires_at: expires(-1) },
    });
    expect(ended.status).toBe(422);
  });

  it('are rotated by who may: an operator those of clusters and reporters, nobody the key that a provisioner keeps', async () => {
    const { token } = await made({ name: 'rotating-operator', role: 'operator' });
    const rotate = (id: string, by: string) =>
      api.call('POST', `/api/credentials/${id}/rotate`, { token: by, body: {} });
    const who = await signUp(api);
    const [account] = await list(`owner=${who.customer.customer_id}`);
    expect((await rotate(account?.credential_id ?? '', token)).status).toBe(403);
    expect((await rotate(account?.credential_id ?? '', rootToken)).status).toBe(201);
    const cluster = (await list('kind=cluster')).find((item) => item.revoked_at === null && item.rotated_to === null);
    expect((await rotate(cluster?.credential_id ?? '', token)).status).toBe(201);
    const { id: reporterId } = (await control
      .prepare("SELECT id FROM reporters WHERE customer_id = ? AND source = 'deployment'")
      .bind(who.customer.customer_id)
      .first<{ id: string }>()) ?? { id: '' };
    const key = newKey(reporterId, cryptoRandom);
    await control
      .prepare(
        "INSERT INTO credentials (id, kind, owner_id, hash, name, created_at) VALUES (?, 'reporter', ?, ?, 'p', 1)",
      )
      .bind(`key_${'7'.repeat(32)}`, reporterId, await sha256Hex(key))
      .run();
    const refused = await rotate(`key_${'7'.repeat(32)}`, rootToken);
    expect([refused.status, await refused.json()]).toMatchObject([409, { code: 'key_of_deployment' }]);
  });
});
