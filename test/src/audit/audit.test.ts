/** The audit log as it is read: by admins, by an organisation's own people, and by account keys. */
import { env } from 'cloudflare:workers';
import { beforeAll, describe, expect, it } from 'vitest';
import type { AuditView } from '../../../src/contracts/audit.ts';
import { type Api, ensureCluster, makeApi, rootToken, signUp } from '../../harness/worker/api.ts';
import { callAs, orgAdmin } from '../organisations/people.ts';

interface Page {
  items: AuditView[];
  total: number;
}

const control = (env as unknown as { CONTROL: D1Database }).CONTROL;
let api: Api;
let mine: Awaited<ReturnType<typeof signUp>>;
let theirs: typeof mine;
let organisationId: string;
let slug: string;

const rowOf = async (sql: string, ...bind: string[]) => {
  const row = await control
    .prepare(sql)
    .bind(...bind)
    .first<Record<string, string>>();
  if (!row) throw new Error(sql);
  return row;
};

beforeAll(async () => {
  api = makeApi();
  await ensureCluster(api);
  mine = await signUp(api, { company_name: '=HYPERLINK("https://x.test")' });
  theirs = await signUp(api);
  const customerId = mine.customer.customer_id;
  const organisation = await rowOf(
    'SELECT o.id, o.slug FROM organisations o JOIN customers c ON c.organisation_id = o.id WHERE c.id = ?',
    customerId,
  );
  organisationId = organisation['id'] ?? '';
  slug = organisation['slug'] ?? '';
  for (const key of [mine.api_key, theirs.api_key]) {
    const id = key === mine.api_key ? customerId : theirs.customer.customer_id;
    await api.call('POST', `/api/customers/${id}/api-keys`, { token: key, body: { name: 'second' } });
    await api.call('POST', `/api/customers/${id}/reporters`, {
      token: rootToken,
      body: { instance_id: 'extra', namespaces: [`extra-${id.slice(5, 13)}`] },
    });
  }
  for (const side of [mine, theirs]) {
    const row = await rowOf('SELECT id FROM jobs WHERE customer_id = ? LIMIT 1', side.customer.customer_id);
    await control
      .prepare('INSERT INTO audit_log (id, at, actor, action, subject, details, request_id) VALUES (?,?,?,?,?,?,?)')
      .bind(`aud_${row['id']}`, 1, 'provisioner:local', 'job.completed', row['id'], '{"generation":1}', 'req_1')
      .run();
  }
  await api.call('POST', `/api/customers/${customerId}/deployment/redeploy`, {
    token: rootToken,
    body: { reason: 'they owe us money' },
  });
});

async function read(path: string, token = rootToken): Promise<Page> {
  const response = await api.call('GET', path, { token });
  expect(response.status, await response.clone().text()).toBe(200);
  const body = (await response.json()) as { data?: Page } & Page;
  return body.data ?? body;
}

async function readAs(who: ReturnType<typeof orgAdmin>, query = ''): Promise<Page> {
  const response = await callAs(api, who, 'GET', `/api/billing/audit${query}`);
  expect(response.status, await response.clone().text()).toBe(200);
  return ((await response.json()) as { data: Page }).data;
}

/** Everything that names the other customer, wherever. */
const naming = (page: Page, id: string) => page.items.filter((item) => JSON.stringify(item).includes(id));

describe('who sees which entries', () => {
  it('an org-admin sees what concerns the organisation: customers, reporters, jobs, keys', async () => {
    const page = await readAs(orgAdmin(organisationId), '?limit=100');
    const actions = page.items.map(({ action }) => action);
    expect(actions).toEqual(
      expect.arrayContaining(['customer.signed_up', 'api_key.created', 'reporter.created', 'deployment.redeployed']),
    );
    expect(page.items.every(({ customer_id }) => customer_id === mine.customer.customer_id)).toBe(true);
    expect(page.total).toBe(page.items.length);
    expect(naming(page, theirs.customer.customer_id)).toEqual([]);
  });

  it('a person of another organisation gets nothing of it, by no filter', async () => {
    const other = orgAdmin(`org_${'0'.repeat(32)}`);
    const reporter = await rowOf('SELECT id FROM reporters WHERE customer_id = ?', mine.customer.customer_id);
    for (const query of [
      '',
      `?subject=${mine.customer.customer_id}`,
      `?subject=${reporter['id']}`,
      '?action=customer.',
      '?q=cust_',
    ]) {
      expect(await readAs(other, query), query).toMatchObject({ items: [], total: 0 });
    }
    expect((await callAs(api, other, 'GET', `/api/billing/audit?organisation=${slug}`)).status).toBe(403);
  });

  it('somebody with some namespaces is no org-admin and is refused', async () => {
    const user = orgAdmin(organisationId, { namespaces: ['a', 'b'] });
    expect((await callAs(api, user, 'GET', '/api/billing/audit')).status).toBe(403);
  });

  it("an account key sees its own customer's, and not another's", async () => {
    const page = await read('/api/billing/audit?limit=100', mine.api_key);
    expect(page.items.map(({ action }) => action)).toContain('api_key.created');
    expect(naming(page, theirs.customer.customer_id)).toEqual([]);
    const aside = await read(`/api/billing/audit?subject=${theirs.customer.customer_id}`, mine.api_key);
    expect(aside).toMatchObject({ items: [], total: 0 });
  });

  it('people outside see that it was staff, and not who; nor do they find it by a name', async () => {
    const customerId = mine.customer.customer_id;
    const insert = `INSERT INTO audit_log (id, at, actor, action, subject, details, request_id)
      VALUES ('aud_staff', 3, 'admin:oidc:ada@staff.test', 'customer.looked_at', ?, '{}', 'req_3')`;
    await control.prepare(insert).bind(customerId).run();
    const actors = async (page: Promise<Page>) =>
      (await page).items.filter(({ request_id: id }) => id === 'req_3').map(({ actor }) => actor);
    const path = (query: string) => `/api/billing/audit?limit=100&${query}`;
    for (const query of ['', 'actor=staff', 'q=STAFF%20customer.looked'])
      expect(await actors(read(path(query), mine.api_key)), query).toEqual(['staff']);
    expect(await actors(readAs(orgAdmin(organisationId), '?limit=100'))).toEqual(['staff']);
    for (const query of ['actor=admin:', 'actor=admin:oidc:ada', 'q=ada@staff'])
      expect(await actors(read(path(query), mine.api_key)), query).toEqual([]);
    const csv = await api.call('GET', path('format=csv'), { token: mine.api_key });
    expect(await csv.text()).not.toContain('ada@');
    const asAdmin = path(`organisation=${slug}&actor=admin:oidc:ada`);
    expect(await actors(read(asAdmin))).toEqual(['admin:oidc:ada@staff.test']);
    expect(await actors(read('/api/audit?actor=admin:oidc:ada'))).toEqual(['admin:oidc:ada@staff.test']);
  });

  it('what was done to a job and a dead letter stays its customer’s when the rows are forgotten', async () => {
    const customerId = mine.customer.customer_id;
    const gone = { job: `job_${'a'.repeat(32)}`, letter: `dead_${'b'.repeat(32)}` };
    const insert = `INSERT INTO audit_log (id, at, actor, action, subject, details, request_id)
      VALUES (?, 2, 'admin:root', ?, ?, ?, 'req_2')`;
    const details = JSON.stringify({ customer_id: customerId, generation: 1 });
    for (const [action, subject] of [
      ['job.retried', gone.job],
      ['dead_letter.replayed', gone.letter],
      // What names a customer and is of something else is decided by its subject.
      ['project.detached', `org_${'c'.repeat(32)}`],
    ]) {
      await control.prepare(insert).bind(`aud_${subject}`, action, subject, details).run();
    }
    const seen = async (page: Promise<Page>) =>
      (await page).items
        .filter(({ request_id: id }) => id === 'req_2')
        .map(({ action, customer_id: id }) => [action, id]);
    const both = [
      ['dead_letter.replayed', customerId],
      ['job.retried', customerId],
    ];
    expect(await seen(read('/api/billing/audit?limit=100', mine.api_key))).toEqual(both);
    expect(await seen(readAs(orgAdmin(organisationId), '?limit=100'))).toEqual(both);
    expect(await seen(read(`/api/audit?customer_id=${customerId}&limit=100`))).toEqual(both);
    expect(await seen(read('/api/billing/audit?limit=100', theirs.api_key))).toEqual([]);
  });

  it('an admin names the organisation, or reads everything with what stands in it', async () => {
    expect((await api.call('GET', '/api/billing/audit', { token: rootToken })).status).toBe(422);
    expect((await api.call('GET', '/api/billing/audit?organisation=nobody', { token: rootToken })).status).toBe(404);
    const named = await read(`/api/billing/audit?organisation=${slug}&limit=100`);
    expect(named.total).toBe((await readAs(orgAdmin(organisationId))).total);
    const all = await read('/api/audit?limit=100');
    expect(all.items.map(({ action }) => action)).toContain('cluster.created');
    const timeline = await read(`/api/audit?customer_id=${mine.customer.customer_id}&limit=100`);
    expect(timeline.total).toBe(named.total);
    expect(timeline.items.find(({ action }) => action === 'deployment.redeployed')?.details).toMatchObject({
      reason: 'they owe us money',
    });
  });

  it('what staff write about a customer, and their credentials, are not for that customer', async () => {
    const page = await readAs(orgAdmin(organisationId), '?limit=100');
    expect(JSON.stringify(page)).not.toContain('they owe us money');
    expect(page.items.every(({ credential_id }) => credential_id === null)).toBe(true);
    expect(page.items.find(({ action }) => action === 'api_key.created')?.details).toHaveProperty('key_id');
  });

  it('no secret stands in it', async () => {
    const text = JSON.stringify(await read('/api/audit?limit=100'));
    for (const secret of [mine.api_key, theirs.api_key, rootToken]) expect(text).not.toContain(secret.slice(-32));
  });
});

describe('filters', () => {
  it('finds by the beginning of actor and action, by subject, by part and by time', async () => {
    const of = (query: string) => readAs(orgAdmin(organisationId), `?limit=100&${query}`);
    expect((await of('actor=account:')).items.map(({ action }) => action)).toEqual(['api_key.created']);
    expect((await of('action=reporter.')).items.every(({ action }) => action.startsWith('reporter.'))).toBe(true);
    expect((await of(`subject=${mine.customer.customer_id}`)).total).toBeGreaterThan(1);
    expect((await of('q=REDEPLOY')).items.map(({ action }) => action)).toEqual(['deployment.redeployed']);
    const [first] = (await of('action=api_key.')).items;
    const after = new Date(Date.parse(first?.at ?? '') + 1).toISOString();
    expect((await of(`from=${first?.at}&to=${after}`)).items).toContainEqual(first);
    expect((await of(`from=${after}&action=api_key.`)).total).toBe(0);
  });

  it('pages, newest first, without one twice', async () => {
    const whole = await readAs(orgAdmin(organisationId), '?limit=100');
    const seen: string[] = [];
    for (let page = 1; seen.length < whole.total; page++) {
      const { items } = await readAs(orgAdmin(organisationId), `?limit=2&page=${page}`);
      seen.push(...items.map(({ audit_id }) => audit_id));
    }
    expect(seen).toEqual(whole.items.map(({ audit_id }) => audit_id));
    expect([...whole.items].sort((a, b) => b.at.localeCompare(a.at)).map(({ at }) => at)).toEqual(
      whole.items.map(({ at }) => at),
    );
  });

  it('a file has every entry, and no cell that a spreadsheet would run', async () => {
    await control
      .prepare('INSERT INTO audit_log (id, at, actor, action, subject, details, request_id) VALUES (?,?,?,?,?,?,?)')
      .bind('aud_bad', Date.now(), '=cmd|calc', '@SUM(A1)', mine.customer.customer_id, '{"name":"-1+1\\n,x"}', '+req')
      .run();
    const response = await callAs(api, orgAdmin(organisationId), 'GET', '/api/billing/audit?format=csv&limit=1');
    expect(response.headers.get('content-type')).toBe('text/csv; charset=utf-8');
    const text = await response.text();
    const { total } = await readAs(orgAdmin(organisationId));
    expect(text.trimEnd().split('\r\n')).toHaveLength(total + 1);
    expect(text).toContain(`,'=cmd|calc,'@SUM(A1),`);
    expect(text).toContain(`,'+req,`);
    for (const cell of text.split(/[\r\n,]+/)) expect(cell).not.toMatch(/^"?[=+@\t]/);
  });
});
