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

  it('lists customers to an admin', async () => {
    const list = await api.call('GET', '/api/customers?limit=1&q=twice', { token: rootToken });
    expect(await list.json()).toMatchObject({
      total: 1,
      page: 1,
      limit: 1,
      items: [{ email: 'twice@example.com', plan: 'starter', status: 'trialing', deployment_status: 'pending' }],
    });
  });
});
