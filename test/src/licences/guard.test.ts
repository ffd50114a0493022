/** The guard of instances (sdk/licence-guard) with the API itself: what one signs and answers the other takes. */
import { beforeAll, describe, expect, it } from 'vitest';
import { type Guard, type GuardOptions, openGuard } from '../../../sdk/licence-guard/src/guard.ts';
import { memoryStore } from '../../../sdk/licence-guard/src/memory-store.ts';
import { ensureCluster, makeApi, rootToken, signUp } from '../../harness/worker/api.ts';

const api = makeApi();
const listStepMs = 5 * 60_000;
let calls: string[] = [];

beforeAll(async () => {
  await ensureCluster(api);
});

async function instanceOf(customerId: string, apiKey: string, more: Partial<GuardOptions> = {}): Promise<Guard> {
  const guard = await openGuard({
    api: String(api.bindings['PUBLIC_URL']),
    customerId,
    apiKey,
    store: memoryStore(),
    now: () => api.clock.now,
    async fetch(url, { headers }) {
      const path = new URL(url).pathname;
      const answer = await api.call('GET', path, { headers: headers as Record<string, string> });
      calls.push(`${path.split('/').at(-1)} ${answer.status}`);
      return answer;
    },
    ...more,
  });
  guard.close();
  return guard;
}

const order = async (path: string, body: object): Promise<number> =>
  (await api.call('POST', path, { token: rootToken, body })).status;

describe('an instance', () => {
  it('pulls the licence of its customer, and asks by its ETag from then on', async () => {
    const { customer, api_key } = await signUp(api, { plan: 'professional' });
    calls = [];
    const guard = await instanceOf(customer.customer_id, api_key);
    expect(guard.state()).toMatchObject({ code: 'valid', plan: 'professional', stale: false, problem: null });
    expect([guard.limit('maxDevices'), guard.feature('canScheduleJobs')]).toEqual([10, true]);
    expect(calls).toEqual([`${customer.customer_id} 200`, 'jwks.json 200', 'revocations 200']);
    calls = [];
    expect((await guard.refresh()).problem).toBeNull();
    expect(calls[0]).toBe(`${customer.customer_id} 304`);
  });

  it('is unlicensed once its licence is revoked, and licensed by the next one', async () => {
    const { customer, api_key } = await signUp(api);
    const guard = await instanceOf(customer.customer_id, api_key);
    expect(await order(`/api/licenses/${customer.customer_id}/revoke`, { reason: 'a key was lost' })).toBe(200);
    expect(await guard.refresh()).toMatchObject({ mode: 'unlicensed', code: 'revoked' });
    api.clock.now += listStepMs;
    expect(await order('/api/licenses/reissue', { customer_ids: [customer.customer_id], reason: 'all is well' })).toBe(
      202,
    );
    expect(await guard.refresh()).toMatchObject({ mode: 'licensed', code: 'valid', problem: null });
  });

  it('does not run on the licence of another customer', async () => {
    const [mine, other] = [await signUp(api), await signUp(api)];
    const licence = other.license.jwt;
    const guard = await instanceOf(mine.customer.customer_id, 'cust_unknown', { licence });
    expect(guard.state()).toMatchObject({ mode: 'unlicensed', problem: expect.stringContaining('401') as string });
  });
});
