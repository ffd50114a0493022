/** The whole platform while something beside it is down: what was accepted is kept, and goes on when the cause is gone. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { type Api, callApi, readCustomer, signUp, untilStatus } from '../../bench/support/api.ts';
import { startStripe } from '../../dev/stripe/start.ts';
import { reporterAnswer } from '../../src/contracts/reporters.ts';
import { historyAnswer } from '../../src/contracts/usage.ts';
import { startPlatform, type TestPlatform } from '../harness/platform.ts';
import { freePort } from '../harness/prometheus.ts';
import { holdD1, refuseMessages } from './databases.ts';

const STRIPE_KEY = 'sk_test_journey';
/** Cron comes every minute, and an outbox row waits for it. */
const OUTBOX_MS = 150_000;
/** A consumer that failed is tried again after some ten seconds. */
const STORED_MS = 90_000;

describe('the platform while something is down', () => {
  let folder: string;
  let platform: TestPlatform;
  let admin: Api;
  let stripePort: number;

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'tenantry-outage-'));
    stripePort = await freePort();
    const env = { STRIPE_SECRET_KEY: STRIPE_KEY, STRIPE_API_BASE: `http://127.0.0.1:${stripePort}` };
    platform = await startPlatform({ dataDir: join(folder, 'data'), env });
    admin = { url: platform.url, token: platform.ready.admin_token };
  });
  afterAll(async () => {
    await platform?.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  const signUpOnce = (name: string, key: string) => {
    const asked = { email: `${name}@customers.example.com`, company_name: name };
    return callApi(admin, 'POST', '/api/customers/signup', asked, { 'idempotency-key': key });
  };
  const problem = { status: 503, body: { success: false, code: 'unavailable', message: expect.any(String) } };

  /** A customer with a reporter of a namespace of its own, and how it reports one. */
  async function reporting(name: string) {
    const { customerId } = await signUp(admin, name);
    const asked = { instance_id: 'outage-1', namespaces: [`${name}-attached`] };
    const made = await callApi(admin, 'POST', `/api/customers/${customerId}/reporters`, asked);
    const reporter = { url: admin.url, token: reporterAnswer.parse(made.body).api_key };
    const report = {
      customer_id: customerId,
      instance_id: 'outage-1',
      namespace: `${name}-attached`,
      timestamp: new Date().toISOString(),
      cpu_hours: 1.5,
    };
    return {
      send: () => callApi(reporter, 'POST', '/api/usage/report', report),
      rows: async () => {
        const found = await callApi(admin, 'GET', `/api/usage/${customerId}?days=2&granularity=window`);
        return historyAnswer.parse(found.body).items.map(({ cpu_hours }) => cpu_hours);
      },
    };
  }

  it(
    'Stripe: a customer signs up and runs; Stripe hears of them once it is back, one time',
    async () => {
      const { customerId } = await signUp(admin, 'without-stripe');
      const { customer } = await untilStatus(admin, customerId, 'ready');
      expect(customer.stripe_customer_id).toBeNull();

      const path = join(folder, 'stripe.sqlite');
      const stripe = await startStripe({ path, secretKey: STRIPE_KEY, port: stripePort }, () => {});
      try {
        const linked = await vi.waitFor(
          async () => {
            const found = (await readCustomer(admin, customerId)).customer.stripe_customer_id;
            expect(found).not.toBeNull();
            return found;
          },
          { timeout: OUTBOX_MS, interval: 500 },
        );
        const headers = { authorization: `Bearer ${STRIPE_KEY}` };
        const list = await fetch(`${stripe.url}/v1/customers`, { headers });
        const { data } = (await list.json()) as { data: { id: string }[] };
        expect(data.map(({ id }) => id)).toEqual([linked]);
      } finally {
        await stripe.close();
      }
    },
    OUTBOX_MS + 60_000,
  );

  it('the queue: sign-ups are kept, usage is refused with the time to come again, nothing is taken and lost', async () => {
    const reporter = await reporting('queue-down');
    const release = refuseMessages(platform.dataDir);
    let customerId: string;
    try {
      ({ customerId } = await signUp(admin, 'signed-up-without-queue'));
      const refused = await reporter.send();
      expect(refused).toMatchObject(problem);
      expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0);
    } finally {
      release();
    }
    expect(await reporter.send()).toMatchObject({ status: 202 });
    await vi.waitFor(async () => expect(await reporter.rows()).toEqual([1.5]), { timeout: STORED_MS, interval: 500 });
    await untilStatus(admin, customerId, 'ready');
    expect(platform.logs.join('\n')).toMatch(/queue: a message was not accepted: .*the queue is down/);
  }, 150_000);

  it('the control database: sign-up and claims say when to come again, and the same request then works', async () => {
    const key = 'control-database-down-1';
    const release = holdD1(platform.dataDir, 'customers');
    try {
      const refused = await signUpOnce('d1-down', key);
      expect(refused).toMatchObject(problem);
      expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0);
      const provisioner = { url: admin.url, token: platform.ready.provisioner_token };
      expect(await callApi(provisioner, 'POST', '/api/provisioner/jobs/next', {})).toMatchObject(problem);
    } finally {
      release();
    }
    const taken = await signUpOnce('d1-down', key);
    expect(taken.status).toBe(201);
    await untilStatus(admin, (taken.body as { customer: { customer_id: string } }).customer.customer_id, 'ready');
  });

  it('the usage database: a report is taken, and stored when the database is back', async () => {
    const reporter = await reporting('usage-down');
    const release = holdD1(platform.dataDir, 'windows');
    try {
      expect(await reporter.send()).toMatchObject({ status: 202 });
      // Long enough for the first delivery to have failed.
      await vi.waitFor(() => expect(platform.logs.join('\n')).toContain('usage waits: the shard '), {
        timeout: STORED_MS,
        interval: 200,
      });
      expect(await reporter.rows()).toEqual([]);
    } finally {
      release();
    }
    await vi.waitFor(async () => expect(await reporter.rows()).toEqual([1.5]), { timeout: STORED_MS, interval: 500 });
  }, 200_000);
});
