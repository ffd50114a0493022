/** Keys of an organisation: who makes, sees and revokes them, and that they open one door only. */
import { env } from 'cloudflare:workers';
import { beforeAll, expect, it } from 'vitest';
import { endpoints } from '../../../src/app.ts';
import { type Api, ensureCluster, makeApi, rootToken, signUp } from '../../harness/worker/api.ts';
import { callAs, orgAdmin } from './people.ts';

const control = (env as unknown as { CONTROL: D1Database }).CONTROL;
let api: Api;
let organisationId: string;
let slug: string;

beforeAll(async () => {
  api = makeApi();
  await ensureCluster(api);
  const { customer } = await signUp(api);
  const row = await control
    .prepare('SELECT o.id, o.slug FROM organisations o JOIN customers c ON c.organisation_id = o.id WHERE c.id = ?')
    .bind(customer.customer_id)
    .first<{ id: string; slug: string }>();
  if (!row) throw new Error('no organisation');
  organisationId = row.id;
  slug = row.slug;
});

interface Made {
  data: { key_id: string; api_key: string; rights: string[] };
}

async function make(fields: Record<string, unknown> = {}): Promise<Made['data']> {
  const response = await callAs(api, orgAdmin(organisationId), 'POST', '/api/billing/keys', fields);
  expect(response.status, await response.clone().text()).toBe(201);
  return ((await response.json()) as Made).data;
}

it('an org-admin makes one, shown once, stored as its hash, and it is in the audit log', async () => {
  const made = await make({ name: 'grafana' });
  expect(made.api_key).toMatch(new RegExp(`^${organisationId}_[0-9a-f]{32}$`));
  expect(made.rights).toEqual(['metrics:read']);
  const rows = await control.prepare('SELECT * FROM credentials').all();
  expect(JSON.stringify(rows.results)).not.toContain(made.api_key.slice(-32));
  const log = await callAs(api, orgAdmin(organisationId), 'GET', '/api/billing/audit?action=organisation_key.');
  const text = await log.text();
  expect(text).toContain(made.key_id);
  expect(text).toContain(`person:${organisationId}/ada`);
  expect(text).not.toContain(made.api_key.slice(-32));
});

it('a key reads metrics and is refused by every other route', async () => {
  const { api_key } = await make();
  for (const spec of endpoints.filter(({ allow }) => !allow.public && !allow.organisation)) {
    const path = spec.path.replace(/:\w+/g, 'x');
    const answer = await api.call(spec.method.toUpperCase(), path, { token: api_key });
    expect(answer.status, `${spec.method} ${spec.path}`).toBe(403);
  }
  expect(endpoints.filter(({ allow }) => allow.organisation).map(({ path }) => path)).toEqual(['/api/billing/metrics']);
});

it('somebody with some namespaces neither makes, lists nor revokes', async () => {
  const user = orgAdmin(organisationId, { namespaces: ['a'] });
  const { key_id } = await make();
  expect((await callAs(api, user, 'POST', '/api/billing/keys', {})).status).toBe(403);
  expect((await callAs(api, user, 'GET', '/api/billing/keys')).status).toBe(403);
  expect((await callAs(api, user, 'DELETE', `/api/billing/keys/${key_id}`)).status).toBe(403);
});

it("another organisation's key is neither listed nor revoked", async () => {
  const { key_id, api_key } = await make();
  const other = orgAdmin(`org_${'1'.repeat(32)}`);
  const listed = await callAs(api, other, 'GET', '/api/billing/keys');
  expect(await listed.json()).toMatchObject({ data: { items: [], total: 0 } });
  expect((await callAs(api, other, 'DELETE', `/api/billing/keys/${key_id}`)).status).toBe(404);
  expect((await api.call('GET', '/api/customers', { token: api_key })).status).toBe(403);
});

it('a revoked and an expired key open nothing, at once', async () => {
  const { key_id, api_key } = await make();
  expect((await callAs(api, orgAdmin(organisationId), 'DELETE', `/api/billing/keys/${key_id}`)).status).toBe(204);
  expect((await api.call('GET', '/api/customers', { token: api_key })).status).toBe(401);
  expect((await callAs(api, orgAdmin(organisationId), 'DELETE', `/api/billing/keys/${key_id}`)).status).toBe(404);
  const short = await make({ expires_at: new Date(api.clock.now + 1000).toISOString() });
  api.clock.now += 2000;
  expect((await api.call('GET', '/api/customers', { token: short.api_key })).status).toBe(401);
  const past = { expires_at: new Date(api.clock.now - 1).toISOString() };
  expect((await callAs(api, orgAdmin(organisationId), 'POST', '/api/billing/keys', past)).status).toBe(422);
});

it('an admin makes and lists them by the slug; without a secret in the list', async () => {
  const made = await api.call('POST', `/api/billing/keys?organisation=${slug}`, { token: rootToken, body: {} });
  expect(made.status).toBe(201);
  const listed = await api.call('GET', `/api/billing/keys?organisation=${slug}&limit=100`, { token: rootToken });
  const text = await listed.text();
  expect(text).toContain(((await made.json()) as Made).data.key_id);
  expect(text).not.toMatch(/org_[0-9a-f]{32}_/);
});
