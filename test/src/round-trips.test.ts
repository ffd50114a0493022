/** How often the control database and the shards are asked: a hidden cost that only counting shows. */
import { beforeAll, describe, expect, it } from 'vitest';
import type { LeasedJob } from '../../src/contracts/jobs.ts';
import { ensureCluster, makeApi, rootToken, signUp } from '../harness/worker/api.ts';
import { countedDatabase } from '../harness/worker/counted-database.ts';

const api = makeApi();
let trips = 0;
let concurrent: { begun: number; ended: number }[] = [];

const counted = (database: D1Database): D1Database =>
  countedDatabase(database, async (run) => {
    trips += 1;
    const trip = { begun: performance.now(), ended: Number.POSITIVE_INFINITY };
    concurrent.push(trip);
    try {
      return await run();
    } finally {
      trip.ended = performance.now();
    }
  });

const bindings = {
  CONTROL: counted(api.bindings['CONTROL'] as D1Database),
  USAGE_0: counted(api.bindings['USAGE_0'] as D1Database),
};

async function count<T>(run: () => Promise<T>): Promise<{ value: T; trips: number; inSequence: number }> {
  trips = 0;
  concurrent = [];
  const value = await run();
  // Trips that overlap are one step.
  let inSequence = 0;
  let until = Number.NEGATIVE_INFINITY;
  for (const { begun, ended } of concurrent.toSorted((a, b) => a.begun - b.begun)) {
    if (begun < until) until = Math.min(until, ended);
    else {
      inSequence += 1;
      until = ended;
    }
  }
  return { value, trips, inSequence };
}

let provisioner = '';
beforeAll(async () => {
  provisioner = (await ensureCluster(api)).provisionerToken;
  // The first use of a token's day is noted.
  await provision('POST', 'jobs/next', {});
});

const provision = async <T>(method: string, path: string, body: object): Promise<T | null> => {
  const answer = await api.call(method, `/api/provisioner/${path}`, { token: provisioner, body, bindings });
  expect(answer.status, path).toBeLessThan(300);
  return answer.status === 204 ? null : await answer.json<T>();
};

describe('round trips', () => {
  it('of a signup until its stack is ready are at most 14, what it sends to queue and Stripe included', async () => {
    const { trips: made } = await count(() =>
      api.call('POST', '/api/customers/signup', {
        body: { email: 'trips@example.com', company_name: 'Trips' },
        bindings,
      }),
    );
    const { trips: deployed } = await count(async () => {
      const leased = await provision<LeasedJob>('POST', 'jobs/next', {});
      if (!leased) throw new Error('no job');
      const { lease_id, generation } = leased;
      await provision('PUT', `reporters/${leased.reporter_id}`, { lease_id, key_hash: 'a'.repeat(64) });
      await provision('POST', `jobs/${leased.job.id}/complete`, { lease_id, generation });
    });
    console.log(`signup ${made}, its provisioning ${deployed}`);
    expect(made + deployed).toBeLessThanOrEqual(14);
  });

  it('of a reporter that takes over fifty namespaces are at most 10', async () => {
    const { customer } = await signUp(api);
    const path = `/api/customers/${customer.customer_id}/reporters`;
    const namespaces = Array.from({ length: 50 }, (_, i) => `team-${i}`);
    const first = { instance_id: 'one', namespaces };
    expect((await api.call('POST', path, { token: rootToken, body: first })).status).toBe(201);
    const { value, trips: made } = await count(() =>
      api.call('POST', path, {
        token: rootToken,
        body: { instance_id: 'two', namespaces, take_over: true },
        headers: { 'idempotency-key': 'take-over-take-over' },
        bindings,
      }),
    );
    expect(value.status).toBe(201);
    expect(made).toBeLessThanOrEqual(10);
  });

  it.each(['usage/:id/cost', 'usage/:id/cost?period=previous', 'usage/:id/forecast', 'customers/:id/periods'])(
    'of %s are at most 3 in sequence',
    async (route) => {
      const { customer } = await signUp(api);
      const path = `/api/${route.replace(':id', customer.customer_id)}`;
      const { value, inSequence } = await count(() => api.call('GET', path, { token: rootToken, bindings }));
      // A new customer has no previous period; that is found by the same reads but the shard's.
      expect(value.status).toBe(route.endsWith('previous') ? 404 : 200);
      expect(inSequence).toBeLessThanOrEqual(3);
    },
  );

  it.each([
    ['health', 2],
    ['project/:namespace/overview', 2],
    ['summary', 2],
    ['trends', 2],
    ['attribution?by=label:team', 2],
    ['projects', 3],
  ])('of billing/%s are at most %d in sequence', async (route, most) => {
    const { deployment, customer } = await signUp(api);
    const listed = await api.call('GET', '/api/organisations?limit=100', { token: rootToken });
    const { items } = await listed.json<{ items: { organisation_id: string; slug: string }[] }>();
    const own = items.find(({ organisation_id }) => organisation_id === customer.organisation_id);
    const asked = `/api/billing/${route.replace(':namespace', deployment.namespace)}`;
    const path = `${asked}${asked.includes('?') ? '&' : '?'}organisation=${own?.slug}`;
    const { value, inSequence } = await count(() => api.call('GET', path, { token: rootToken, bindings }));
    expect(value.status).toBe(200);
    expect(inSequence).toBeLessThanOrEqual(most);
  });
});
