/** Namespaces that are attached to a customer of an organisation, and detached: measured until the hour's edge. */
import { beforeAll, describe, expect, it } from 'vitest';
import { ensureCluster, makeApi, rootToken, signUp } from '../../harness/worker/api.ts';
import { makeOrganisation } from '../../harness/worker/issuer.ts';

const startAt = Date.parse('2026-11-20T12:30:00.000Z');
const api = makeApi(startAt);
beforeAll(async () => {
  await ensureCluster(api);
});

async function customer() {
  const made = await signUp(api);
  const { customer_id, organisation_id } = made.customer;
  const path = `/api/organisations/${organisation_id}/projects`;
  const attach = async (namespace: string, fields: Record<string, unknown> = {}) => {
    const body = { cluster_id: 'local', namespace, customer_id, ...fields };
    const answer = await api.call('POST', path, { token: rootToken, body });
    return [answer.status, await answer.json()] as [number, { code?: string; project?: Record<string, unknown> }];
  };
  const detach = async (namespace: string, cluster = 'local') => {
    const answer = await api.call('DELETE', `${path}/${cluster}/${namespace}`, { token: rootToken });
    return [answer.status, await answer.json()] as [number, { code?: string; project?: Record<string, unknown> }];
  };
  const reporter = async (fields: Record<string, unknown>) => {
    const to = `/api/customers/${customer_id}/reporters`;
    const answer = await api.call('POST', to, { token: rootToken, body: fields });
    if (answer.status !== 201) throw new Error(await answer.text());
    return (await answer.json()) as { reporter: { id: string }; api_key: string };
  };
  const list = async () => {
    const answer = await api.call('GET', path, { token: rootToken });
    return ((await answer.json()) as { items: { namespace: string; own: boolean; detached_at: string | null }[] })
      .items;
  };
  return {
    customerId: customer_id,
    organisationId: organisation_id,
    own: made.deployment.namespace,
    attach,
    detach,
    reporter,
    list,
  };
}

let names = 0;
const newName = () => `shop${++names}`;
const ownerships = async (namespace: string) =>
  (
    await (api.bindings['CONTROL'] as D1Database)
      .prepare('SELECT o.until_at FROM ownerships o JOIN projects p ON p.seq = o.project_seq WHERE p.namespace = ?')
      .bind(namespace)
      .all<{ until_at: number | null }>()
  ).results.map(({ until_at }) => until_at);

describe('a namespace', () => {
  it('is attached to a customer of the organisation, and listed beside its own', async () => {
    const c = await customer();
    const name = newName();
    const [status, { project }] = await c.attach(name);
    expect(status).toBe(201);
    expect(project).toMatchObject({
      cluster_id: 'local',
      namespace: name,
      customer_id: c.customerId,
      own: false,
      detached_at: null,
    });
    expect((await c.list()).map(({ namespace, own }) => [namespace, own])).toEqual([
      [c.own, true],
      [name, false],
    ]);
  });

  it('is not attached twice, nor to anybody else', async () => {
    const [a, b] = [await customer(), await customer()];
    const name = newName();
    expect((await a.attach(name))[0]).toBe(201);
    expect(await a.attach(name)).toMatchObject([409, { code: 'namespace_taken' }]);
    expect(await b.attach(name)).toMatchObject([409, { code: 'namespace_taken' }]);
    expect(await a.attach(b.own)).toMatchObject([409, { code: 'namespace_taken' }]);
    expect(await a.attach(`${name}-eu`)).toMatchObject([409, { code: 'namespace_ambiguous' }]);
    expect(await a.attach('kube-system')).toMatchObject([422, { code: 'validation_failed' }]);
  });

  it('is attached to no customer of another organisation, and in no other cluster than the customer’s', async () => {
    const [a, b] = [await customer(), await customer()];
    expect(await a.attach(newName(), { customer_id: b.customerId })).toMatchObject([
      422,
      { code: 'validation_failed' },
    ]);
    expect(await a.attach(newName(), { cluster_id: 'elsewhere' })).toMatchObject([422, { code: 'validation_failed' }]);
    const empty = await makeOrganisation(api, `empty${newName()}`);
    const body = { cluster_id: 'local', namespace: newName(), customer_id: a.customerId };
    const to = `/api/organisations/${empty}/projects`;
    expect((await api.call('POST', to, { token: rootToken, body })).status).toBe(422);
    const none = `/api/organisations/org_${'0'.repeat(32)}/projects`;
    expect((await api.call('POST', none, { token: rootToken, body })).status).toBe(404);
    expect((await api.call('GET', none, { token: rootToken })).status).toBe(404);
  });
});

describe('a namespace that is detached', () => {
  it('is measured to the end of the hour; its reporter ends where it measured nothing else', async () => {
    const c = await customer();
    const [one, two] = [newName(), newName()];
    await c.reporter({ instance_id: 'only', namespaces: [one] });
    await c.reporter({ instance_id: 'both', namespaces: [two], meters: ['cpu_core_ms'] });
    const edge = Date.parse('2026-11-20T13:00:00.000Z');
    const [status, { project }] = await c.detach(one);
    expect([status, project?.['detached_at']]).toEqual([200, '2026-11-20T13:00:00.000Z']);
    expect(await ownerships(one)).toEqual([edge]);
    expect(await ownerships(two)).toEqual([null]);
    const reporters = await api.call('GET', `/api/customers/${c.customerId}/reporters`, { token: rootToken });
    const { items } = (await reporters.json()) as { items: { instance_id: string; active_until: string | null }[] };
    expect(items.find(({ instance_id }) => instance_id === 'only')?.active_until).toBe('2026-11-20T13:00:00.000Z');
    expect(items.find(({ instance_id }) => instance_id === 'both')?.active_until).toBeNull();
  });

  it('takes no report of a window after that', async () => {
    const c = await customer();
    const name = newName();
    const { api_key: key } = await c.reporter({
      instance_id: 'r',
      namespaces: [name],
      active_from: '2026-11-20T12:00:00Z',
    });
    await c.detach(name);
    const report = async (hour: number) => {
      api.clock.now = Date.parse('2026-11-20T14:30:00.000Z');
      const at = (h: number) => `2026-11-20T${h}:00:00.000Z`;
      const body = {
        customer_id: c.customerId,
        instance_id: 'r',
        namespace: name,
        timestamp: at(hour + 1),
        window_start: at(hour),
        window_end: at(hour + 1),
        cpu_hours: 1,
      };
      const answer = await api.call('POST', '/api/usage/report', { token: key, body });
      api.clock.now = startAt;
      return [answer.status, ((await answer.json()) as { code?: string }).code];
    };
    expect(await report(12)).toEqual([202, undefined]);
    expect((await report(13))[0]).toBe(422);
  });

  it('stays so when it is detached again, and can be attached again by its customer, or by a reporter of it', async () => {
    const c = await customer();
    const name = newName();
    await c.attach(name);
    const [, first] = await c.detach(name);
    api.clock.now += 3_600_000;
    expect((await c.detach(name))[1]).toEqual(first);
    api.clock.now = startAt;
    expect(await (await customer()).attach(name)).toMatchObject([409, { code: 'namespace_taken' }]);
    expect(await c.attach(name)).toMatchObject([201, { project: { detached_at: null } }]);
    await c.detach(name);
    await c.reporter({ instance_id: 'again', namespaces: [name] });
    expect((await c.list()).find(({ namespace }) => namespace === name)?.detached_at).toBeNull();
  });

  it('is never a customer’s own, nor another organisation’s', async () => {
    const [a, b] = [await customer(), await customer()];
    const name = newName();
    await a.attach(name);
    expect(await a.detach(a.own)).toMatchObject([409, { code: 'project_own' }]);
    expect((await b.detach(name))[0]).toBe(404);
    expect((await b.detach(a.own))[0]).toBe(404);
    expect((await a.detach(name, 'elsewhere'))[0]).toBe(404);
    expect((await a.list()).every(({ detached_at }) => detached_at === null)).toBe(true);
  });
});
