/** `npm start` runs an instance for the first customer: a limit that a newcomer sees being enforced, and that outlives a kill. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { eventually } from '../harness/eventually.ts';
import { startPlatform, type TestPlatform } from '../harness/platform.ts';

const env = { INSTANCE: 'on', SIMULATED_JOB_MS: '0' };
const dataDir = mkdtempSync(join(tmpdir(), 'tenantry-platform-'));
let platform: TestPlatform;
/** It makes a database at its first start. */
const startMs = 280_000;

beforeAll(async () => {
  platform = await startPlatform({ env, dataDir });
});
afterAll(async () => {
  await platform.stop();
  rmSync(dataDir, { recursive: true, force: true });
});

const call = async (method: string, path: string) => {
  const answer = await fetch(`${platform.ready.instance_url}${path}`, { method });
  return { status: answer.status, body: await answer.json() };
};
const running = () =>
  expect
    .poll(() => call('GET', '/ready').catch(() => null), { timeout: startMs, interval: 500 })
    .toMatchObject({ status: 200 });

it(
  'is that of the first customer, with the customer’s licence, and refuses the eleventh device',
  async () => {
    await fetch(`${platform.url}/api/customers/signup`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ email: 'ada@example.com', company_name: 'Acme & Sons' }),
    });
    await running();
    const { body: licence } = await call('GET', '/api/licence');
    expect(licence).toMatchObject({ mode: 'licensed', plan: 'starter', customer_name: 'Acme & Sons' });
    for (let n = 0; n < 10; n += 1) expect((await call('POST', '/api/provisioning-keys')).status).toBe(201);
    const refused = await call('POST', '/api/provisioning-keys');
    expect(refused).toMatchObject({ status: 403, body: { error: 'Device limit exceeded' } });
    const page = await (await fetch(platform.ready.instance_url ?? '')).text();
    expect(page).toContain('<h1>Acme &amp; Sons</h1>');
  },
  startMs,
);

it(
  'has its data, its address and its key again after the platform was killed',
  async () => {
    const { instance_url: before } = platform.ready;
    await eventually(
      () => call('GET', '/api/usage'),
      ({ body }) => body.reporter.state === 'reporting' && body.reporter.windowSeconds === 3600,
    );
    // It reports with the key that the provisioner made for the deployment's own reporter of applications.
    const admin = { headers: { authorization: `Bearer ${platform.ready.admin_token}` } };
    const listed = async (path: string) => (await (await fetch(`${platform.url}${path}`, admin)).json()).items;
    const [customer] = await listed('/api/customers');
    const reporters = await listed(`/api/customers/${customer.customer_id}/reporters`);
    const metersOf = (prefix: string) =>
      reporters.find((one: { instance_id: string }) => one.instance_id.startsWith(prefix)).meters;
    expect([metersOf('app-').includes('api_calls'), metersOf('k8s-').includes('api_calls')]).toEqual([true, false]);
    // Licences name the address at which they were issued.
    const { port } = new URL(platform.url);
    await platform.kill9();
    platform = await startPlatform({ env: { ...env, PORT: port }, dataDir });
    expect(platform.ready.instance_url).toBe(before);
    await running();
    expect((await call('GET', '/api/provisioning-keys')).body.total).toBe(10);
    expect((await call('GET', '/api/licence')).body.mode).toBe('licensed');
  },
  startMs,
);
