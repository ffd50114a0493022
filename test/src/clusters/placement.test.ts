/** Who still gets a place in a cluster, when some fill it with stacks that nobody pays for. */
import { beforeAll, describe, expect, it } from 'vitest';
import { fits, limitsOf } from '../../../src/clusters/placement.ts';
import { ensureCluster, makeApi, rootToken, signUp } from '../../harness/worker/api.ts';

const api = makeApi();
const control = api.bindings['CONTROL'] as D1Database;
beforeAll(async () => {
  await ensureCluster(api);
});

let people = 0;
const ask = async (path: string, token?: string) => {
  people += 1;
  const body = { email: `place-${people}@example.com`, company_name: 'Place' };
  return await api.call('POST', path, { body, ...(token ? { token } : {}) });
};
const publicly = () => ask('/api/customers/signup');
const byAdmin = () => ask('/api/customers', rootToken);
const setPlace = (namespaces: number, services = 10_000) =>
  control
    .prepare("UPDATE clusters SET namespaces_max = ?, services_max = ? WHERE id = 'local'")
    .bind(namespaces, services)
    .run();

describe('the limits of a cluster', () => {
  it('keep room for admins, bound what is unpaid, and count services', () => {
    expect(limitsOf({ namespacesMax: 1200, servicesMax: 10_000 }, 50)).toEqual({
      admin: 1200,
      public: 1080,
      unpaid: 600,
    });
    expect(limitsOf({ namespacesMax: 1200, servicesMax: 800 }, 50)).toEqual({ admin: 100, public: 90, unpaid: 50 });
    expect(limitsOf({ namespacesMax: 1, servicesMax: 8 }, 50)).toEqual({ admin: 1, public: 1, unpaid: 1 });
    expect(limitsOf({ namespacesMax: 0, servicesMax: 8 }, 50)).toEqual({ admin: 0, public: 0, unpaid: 0 });
    const limits = limitsOf({ namespacesMax: 10, servicesMax: 800 }, 50);
    expect(fits({ stacks: 8, unpaid: 5 }, limits, 'public')).toBe(false);
    expect(fits({ stacks: 8, unpaid: 4 }, limits, 'public')).toBe(true);
    expect(fits({ stacks: 9, unpaid: 0 }, limits, 'public')).toBe(false);
    expect(fits({ stacks: 9, unpaid: 9 }, limits, 'admin')).toBe(true);
  });
});

describe('signups', () => {
  it('stop at the share of who does not pay, also at once, while admins and their customers still get in', async () => {
    await setPlace(10);
    const answers = await Promise.all(Array.from({ length: 8 }, publicly));
    expect(answers.filter(({ status }) => status === 201)).toHaveLength(5);
    const refused = answers.find(({ status }) => status !== 201);
    expect(await refused?.json()).toMatchObject({ code: 'cluster_full' });
    for (let place = 6; place <= 10; place++) expect((await byAdmin()).status).toBe(201);
    expect((await byAdmin()).status).toBe(503);
    await setPlace(1200);
  });

  it('get back the place of a deactivated customer who does not pay', async () => {
    const all = await control
      .prepare("SELECT count(*) AS n FROM deployments WHERE phase = 'running'")
      .first<{ n: number }>();
    const running = all?.n ?? 0;
    await setPlace(2 * (running + 1));
    const made = await signUp(api);
    expect((await publicly()).status).toBe(503);
    await api.call('POST', `/api/customers/${made.customer.customer_id}/deactivate`, { token: rootToken, body: {} });
    expect((await publicly()).status).toBe(201);
    await setPlace(1200);
  });

  it('get it back in a cluster that is full altogether, too', async () => {
    const counted = await control
      .prepare("SELECT count(*) AS n FROM deployments WHERE phase = 'running'")
      .first<{ n: number }>();
    await setPlace((counted?.n ?? 0) + 1);
    const last = await byAdmin();
    expect([last.status, (await byAdmin()).status]).toEqual([201, 503]);
    const { customer } = (await last.json()) as { customer: { customer_id: string } };
    await api.call('POST', `/api/customers/${customer.customer_id}/deactivate`, { token: rootToken, body: {} });
    expect((await byAdmin()).status).toBe(201);
    await setPlace(1200);
  });

  it('stop where the services of a cluster are used up, whatever namespaces it has left', async () => {
    await setPlace(1200, 8);
    expect((await byAdmin()).status).toBe(503);
    await setPlace(1200);
    expect((await byAdmin()).status).toBe(201);
  });
});
