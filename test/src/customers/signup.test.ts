import { beforeAll, describe, expect, it } from 'vitest';
import type { CustomerAnswer } from '../../../src/contracts/customers.ts';
import { ensureCluster, makeApi, rootToken, signUp } from '../../harness/worker/api.ts';

const api = makeApi();
beforeAll(async () => {
  await ensureCluster(api);
});

describe('signing up', () => {
  it('answers account, trial, licence, key and a deployment on its way, and reads back without secrets', async () => {
    const made = await signUp(api, { plan: 'professional', full_name: 'Ada L', password: 'correct horse' });
    expect(made.customer.customer_id).toMatch(/^cust_[0-9a-f]{32}$/);
    expect(made.customer.stripe_customer_id).toBeNull();
    expect(made.subscription).toMatchObject({ plan: 'professional', status: 'trialing' });
    expect(made.deployment).toMatchObject({
      status: 'pending',
      generation: 1,
      namespace: `customer-${made.customer.short_id}`,
    });
    const read = await api.call('GET', `/api/customers/${made.customer.customer_id}`, { token: made.api_key });
    expect(read.status).toBe(200);
    const answer = (await read.json()) as CustomerAnswer;
    expect(answer.customer).toEqual(made.customer);
    expect(JSON.stringify(answer)).not.toContain(made.api_key);
  });

  it('knows an email in any case: 409 the second time', async () => {
    await signUp(api, { email: 'Twice@Example.com' });
    const again = await api.call('POST', '/api/customers/signup', {
      body: { email: ' twice@example.COM'.trim(), company_name: 'X' },
    });
    expect(again.status).toBe(409);
    expect(await again.json()).toMatchObject({ success: false, code: 'email_exists' });
  });

  it('takes an email with blanks around it', async () => {
    const made = await signUp(api, { email: ' Blank@Example.com\t' });
    expect(made.customer.email).toBe('blank@example.com');
  });

  it('hashes no password of a signup that is refused anyway', async () => {
    let drawn = 0;
    const counting = makeApi();
    const draw = counting.outside.random;
    counting.outside.random = (bytes) => {
      drawn += 1;
      return draw(bytes);
    };
    const drawsOf = async (body: Record<string, unknown>, bindings = {}) => {
      drawn = 0;
      const { status } = await counting.call('POST', '/api/customers/signup', { body, bindings });
      return [status, drawn];
    };
    await signUp(api, { email: 'known@example.com' });
    const known = { email: 'known@example.com', company_name: 'X' };
    const password = 'correct horse';
    expect(await drawsOf({ ...known, password })).toEqual(await drawsOf(known));
    const offered = { SIGNUP_PLANS: 'starter' };
    const gold = { email: 'gold@example.com', company_name: 'X', plan: 'enterprise' };
    expect(await drawsOf({ ...gold, password }, offered)).toEqual(await drawsOf(gold, offered));
  });

  it('finds a company in any case of any script, also one that is older than the search', async () => {
    for (const company_name of ['ÄRZTE ohne Grenzen', 'Großhandel', 'Ωμέγα']) await signUp(api, { company_name });
    const found = async (q: string) => {
      const list = await api.call('GET', `/api/customers?q=${encodeURIComponent(q)}`, { token: rootToken });
      return ((await list.json()) as { items: { company_name: string }[] }).items.map((item) => item.company_name);
    };
    const searches = async () => [
      await found('ärzte'),
      await found('GROSSH'),
      await found('ωΜΈΓ'),
      await found('ohne'),
    ];
    const names = [['ÄRZTE ohne Grenzen'], ['Großhandel'], ['Ωμέγα'], ['ÄRZTE ohne Grenzen']];
    expect(await searches()).toEqual(names);
    await (api.bindings['CONTROL'] as D1Database).prepare('UPDATE customers SET company_search = NULL').run();
    expect(await found('ohne GRENZEN')).toEqual(['ÄRZTE ohne Grenzen']);
    await api.tick();
    expect(await searches()).toEqual(names);
  });

  it('lists customers to an admin', async () => {
    const list = await api.call('GET', '/api/customers?limit=1&q=twice', { token: rootToken });
    expect(await list.json()).toMatchObject({
      total: 1,
      page: 1,
      limit: 1,
      items: [{ email: 'twice@example.com', plan: 'starter', status: 'trialing', deployment_status: 'pending' }],
    });
  });

  it('lists those of a plan and a status by pages, newest first', async () => {
    const ids: string[] = [];
    for (let i = 0; i < 3; i++) ids.unshift((await signUp(api, { plan: 'enterprise' })).customer.customer_id);
    await (api.bindings['CONTROL'] as D1Database)
      .prepare("UPDATE subscriptions SET status = 'active' WHERE customer_id = ?")
      .bind(ids[1])
      .run();
    const page = async (query: string) => {
      const answer = await api.call('GET', `/api/customers?${query}`, { token: rootToken });
      const { items, total } = await answer.json<{ items: { customer_id: string }[]; total: number }>();
      return { total, ids: items.map((item) => item.customer_id) };
    };
    expect(await page('plan=enterprise&limit=2')).toEqual({ total: 3, ids: ids.slice(0, 2) });
    expect(await page('plan=enterprise&limit=2&page=2')).toEqual({ total: 3, ids: ids.slice(2) });
    expect(await page('plan=enterprise&status=trialing')).toEqual({ total: 2, ids: [ids[0], ids[2]] });
    expect(await page('plan=enterprise&status=active&q=company')).toEqual({ total: 1, ids: [ids[1]] });
    expect(await page('plan=enterprise&status=paused')).toEqual({ total: 0, ids: [] });
  });
});
