import { beforeAll, describe, expect, it } from 'vitest';
import { ensureCluster, makeApi, signUp } from '../../harness/worker/api.ts';

const api = makeApi();
beforeAll(async () => {
  await ensureCluster(api);
});

const from = (address: string) => ({ 'cf-connecting-ip': address });

describe('request limits', () => {
  it('let exactly as many signups through as they say, also at once, and tell when to come back', async () => {
    const bindings = { RATE_LIMIT_SIGNUP: '5/900' };
    const stamp = Date.now();
    const answers = await Promise.all(
      Array.from({ length: 12 }, (_, i) =>
        api.call('POST', '/api/customers/signup', {
          body: { email: `limit-${stamp}-${i}@example.com`, company_name: 'Limit' },
          headers: from('192.0.2.1'),
          bindings,
        }),
      ),
    );
    const made = answers.filter((a) => a.status === 201);
    const refused = answers.filter((a) => a.status === 429);
    expect([made.length, refused.length]).toEqual([5, 7]);
    expect(made.map((a) => Number(a.headers.get('ratelimit-remaining'))).sort()).toEqual([0, 1, 2, 3, 4]);
    expect(Number(refused[0]?.headers.get('retry-after'))).toBeGreaterThan(0);
    expect(await refused[0]?.json()).toMatchObject({ success: false, code: 'rate_limited' });
    const elsewhere = await api.call('POST', '/api/customers/signup', {
      body: { email: `limit-${stamp}-x@example.com`, company_name: 'Limit' },
      headers: from('192.0.2.2'),
      bindings,
    });
    expect(elsewhere.status).toBe(201);
  });

  it('slow down guessing of credentials by address, and do not lock out who has a good one', async () => {
    const bindings = { RATE_LIMIT_AUTH: '3/900' };
    const made = await signUp(api);
    const path = `/api/customers/${made.customer.customer_id}`;
    const guess = () => api.call('GET', path, { token: 'guess', headers: from('192.0.2.3'), bindings });
    const statuses = [];
    for (let i = 0; i < 5; i++) statuses.push((await guess()).status);
    expect(statuses).toEqual([401, 401, 401, 429, 429]);
    const good = await api.call('GET', path, { token: made.api_key, headers: from('192.0.2.3'), bindings });
    expect(good.status).toBe(200);
  });

  it('let requests through when the limiter cannot be asked', async () => {
    const broken = { idFromName: () => ({}), get: () => ({ hit: () => Promise.reject(new Error('no such object')) }) };
    const answer = await api.call('POST', '/api/customers/signup', {
      body: { email: `open-${Date.now()}@example.com`, company_name: 'Open' },
      bindings: { RATE_LIMITER: broken, RATE_LIMIT_SIGNUP: '1/900' },
    });
    expect(answer.status).toBe(201);
    expect(api.logs.some((l) => l.message.includes('rate limiter'))).toBe(true);
  });
});

describe('a database that cannot be read', () => {
  it('is a 503 that says when to try again, and nothing of what went wrong', async () => {
    const down = {
      prepare: () => {
        throw new Error('D1_ERROR: Network connection lost.');
      },
      batch: () => Promise.reject(new Error('D1_ERROR: Network connection lost.')),
    };
    const made = await signUp(api);
    const answer = await api.call('GET', `/api/customers/${made.customer.customer_id}`, {
      token: made.api_key,
      bindings: { CONTROL: down },
    });
    expect(answer.status).toBe(503);
    expect(Number(answer.headers.get('retry-after'))).toBeGreaterThan(0);
    expect(await answer.text()).not.toContain('D1_ERROR');
  });

  it('is not ready with licence keys that cannot be used, and prints none of them', async () => {
    const answer = await api.call('GET', '/ready', {
      bindings: { LICENSE_PRIVATE_KEYS: '[{"kty":"RSA","d":"hidden"}]' },
    });
    expect(answer.status).toBe(503);
    expect(await answer.json()).toMatchObject({ code: 'unavailable' });
    expect(JSON.stringify(api.logs.at(-1))).toContain('LICENSE_PRIVATE_KEYS');
    expect(JSON.stringify(api.logs.at(-1))).not.toContain('hidden');
    expect((await api.call('GET', '/ready')).status).toBe(200);
  });

  it('stops the Worker with a clear log, not a crash, when its environment is wrong', async () => {
    const answer = await api.call('GET', '/health', {
      bindings: { PUBLIC_URL: 'not a url', ADMIN_API_TOKEN: 'short' },
    });
    expect(answer.status).toBe(503);
    const log = api.logs.at(-1);
    expect(JSON.stringify(log)).toContain('PUBLIC_URL');
    expect(JSON.stringify(log)).not.toContain('short');
  });
});
