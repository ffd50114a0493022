/** What measures follows the clock: the real provisioner, exporter and simulated metrics over a time that has been moved. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { demoApi } from '../../../dev/demo/api.ts';
import { createCustomer, readCustomer } from '../../../src/contracts/routes/customers.ts';
import { readUsage } from '../../../src/contracts/routes/usage-reads.ts';
import { eventually } from '../../harness/eventually.ts';
import { startPlatform, type TestPlatform } from '../../harness/platform.ts';

let platform: TestPlatform;
beforeAll(async () => {
  platform = await startPlatform({ args: ['--at', '2026-01-30'], env: { EXPORTERS: '1', SIMULATED_JOB_MS: '0' } });
});
afterAll(async () => {
  await platform.stop();
});

it('an exporter reports the hours that the clock was moved over, at the time that everybody else sees', async () => {
  const api = demoApi(platform.ready, new AbortController().signal);
  const { customer } = await api.admin(createCustomer, {
    body: { email: 'moved@example.com', company_name: 'Moved', plan: 'starter' },
  });
  const params = { customerId: customer.customer_id };
  await eventually(
    () => api.admin(readCustomer, { params }),
    ({ deployment }) => deployment.status === 'ready',
  );
  const now = await api.clock({ advance: '4h' });
  const query = { from: '2026-01-30T00:00:00Z', to: '2026-01-30T05:00:00Z', granularity: 'window' as const };
  const { items } = await eventually(
    () => api.admin(readUsage, { params, query }),
    ({ total }) => total >= 3,
  );
  const hours = items.map(({ window_end }) => window_end.slice(0, 16)).sort();
  expect(hours.slice(0, 3)).toEqual(['2026-01-30T01:00', '2026-01-30T02:00', '2026-01-30T03:00']);
  for (const { cpu_hours, complete, window_end } of items) {
    expect(Date.parse(window_end)).toBeLessThanOrEqual(now + 3_600_000);
    if (!window_end.startsWith('2026-01-30T01')) expect([complete, (cpu_hours ?? 0) > 0]).toEqual([true, true]);
  }
});
