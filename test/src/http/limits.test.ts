import { beforeAll, describe, expect, it } from 'vitest';
import { problemBody } from '../../../src/contracts/common.ts';
import { ensureCluster, makeApi, rootToken, signUp } from '../../harness/worker/api.ts';

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
    const refused = await guess();
    expect(['limit', 'remaining', 'reset'].map((name) => refused.headers.has(`ratelimit-${name}`))).toEqual([
      true,
      true,
      true,
    ]);
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0);
  });

  it("begin again by the Worker's clock, be it a year behind the machine's", async () => {
    const year = 365 * 86_400_000;
    const then = makeApi(Date.now() - year);
    const bindings = { RATE_LIMIT_AUTH: '2/900' };
    const guess = async () =>
      (await then.call('GET', '/api/customers', { token: 'guess', headers: from('192.0.2.77'), bindings })).status;
    const statuses = [await guess(), await guess(), await guess()];
    then.clock.now += 899_000;
    statuses.push(await guess());
    then.clock.now += 1_000;
    statuses.push(await guess());
    expect(statuses).toEqual([401, 401, 429, 429, 401]);
  });

  it('count one caller once, however the address is spelled and whichever of a /64 it is', async () => {
    const bindings = { RATE_LIMIT_AUTH: '2/900' };
    const guess = async (address: string) =>
      (await api.call('GET', '/api/customers', { token: 'guess', headers: from(address), bindings })).status;
    expect([
      await guess('2001:db8:0:7::1'),
      await guess('2001:0DB8:0:0007:ffff::2'),
      await guess('2001:db8:0:7:aaaa:bbbb:cccc:dddd'),
      await guess('2001:db8:0:8::1'),
    ]).toEqual([401, 401, 429, 401]);
    expect([await guess('192.0.2.77'), await guess('::ffff:192.0.2.77'), await guess('::ffff:c000:24d')]).toEqual([
      401, 401, 429,
    ]);
  });

  it('are said in every answer of their endpoint, taken or refused', async () => {
    const made = await signUp(api);
    const path = `/api/customers/${made.customer.customer_id}/reporters`;
    const body = { instance_id: 'limited', take_over: true };
    const { api_key: token } = (await (await api.call('POST', path, { token: rootToken, body })).json()) as {
      api_key: string;
    };
    const rates = {
      RATE_LIMIT_REPORT: '3/3600',
      RATE_LIMIT_BATCH: '3/3600',
      RATE_LIMIT_VALIDATE: '2/3600',
      RATE_LIMIT_PUBLIC: '2/60',
    };
    const report = { customer_id: made.customer.customer_id, instance_id: 'limited', cpu_hours: 1 };
    const calls: [method: string, path: string, bodies: unknown[], statuses: number[]][] = [
      ['POST', '/api/usage/report', [report, { ...report, cpu_hours: -1 }, [], report], [202, 422, 422, 429]],
      ['POST', '/api/usage/batch', [{ reports: [report] }, { reports: [] }, 7, {}], [202, 422, 422, 429]],
      ['POST', '/api/licenses/validate', [{ license: 'x' }, { licence: 'x' }, {}], [200, 400, 429]],
      ['GET', '/ready', [undefined, undefined, undefined], [200, 200, 429]],
    ];
    for (const [method, url, bodies, statuses] of calls) {
      const answers: Response[] = [];
      for (const one of bodies) {
        const options = one === undefined ? {} : { token, body: one };
        answers.push(await api.call(method, url, { ...options, headers: from('192.0.2.50'), bindings: rates }));
      }
      expect([url, answers.map((answer) => answer.status)]).toEqual([url, statuses]);
      const max = statuses.length - 1;
      expect(answers.map((answer) => answer.headers.get('ratelimit-limit'))).toEqual(statuses.map(() => String(max)));
      expect(answers.map((answer) => Number(answer.headers.get('ratelimit-remaining')))).toEqual(
        statuses.map((_, n) => Math.max(0, max - 1 - n)),
      );
      for (const answer of answers) expect(Number(answer.headers.get('ratelimit-reset'))).toBeGreaterThan(0);
      expect(Number(answers.at(-1)?.headers.get('retry-after'))).toBeGreaterThan(0);
    }
  });

  it('are said also where the deed fails on its way', async () => {
    const broken = {
      send: () => Promise.reject(new Error('down')),
      sendBatch: () => Promise.reject(new Error('down')),
    };
    const made = await signUp(api);
    const path = `/api/customers/${made.customer.customer_id}/reporters`;
    const body = { instance_id: 'limited', take_over: true };
    const { api_key: token } = (await (await api.call('POST', path, { token: rootToken, body })).json()) as {
      api_key: string;
    };
    const answer = await api.call('POST', '/api/usage/report', {
      token,
      body: { customer_id: made.customer.customer_id, instance_id: 'limited', cpu_hours: 1 },
      bindings: { RATE_LIMIT_REPORT: '9/60', USAGE_QUEUE: broken },
    });
    expect([answer.status, answer.headers.get('ratelimit-remaining')]).toEqual([503, '8']);
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

describe('a credential that is refused', () => {
  it('is logged with address and kind, one line a minute an address, and never itself', async () => {
    const quiet = makeApi();
    const guess = (headers: Record<string, string>) => quiet.call('GET', '/api/customers', { headers });
    const key = `cust_${'0'.repeat(32)}_${'1'.repeat(32)}`;
    const bearer = { ...from('198.51.100.9'), authorization: `Bearer ${key}` };
    for (let i = 0; i < 5; i++) await guess(bearer);
    await guess(from('198.51.100.10'));
    const lines = () =>
      quiet.logs.filter((line) => line.message === 'authentication failed').map((line) => line.fields);
    expect(lines()).toMatchObject([
      { address: '198.51.100.9', presented: 'account', unwritten_before: 0 },
      { address: '198.51.100.10', presented: 'none', unwritten_before: 0 },
    ]);
    quiet.clock.now += 60_000;
    await guess(bearer);
    expect(lines().at(-1)).toMatchObject({ address: '198.51.100.9', presented: 'account', unwritten_before: 4 });
    expect(JSON.stringify(quiet.logs)).not.toContain('1'.repeat(32));
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
    expect(answer.headers.get('cache-control')).toBe('no-store');
    expect(Number(answer.headers.get('retry-after'))).toBeGreaterThan(0);
    const problem = problemBody.parse(await answer.json());
    expect(problem.code).toBe('unavailable');
    const log = api.logs.at(-1);
    expect(JSON.stringify(log)).toContain(problem.request_id);
    expect(JSON.stringify(log)).toContain('PUBLIC_URL');
    expect(JSON.stringify(log)).not.toContain('short');
  });
});
