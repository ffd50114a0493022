import { rmSync } from 'node:fs';
import type { Server } from 'node:http';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { serveHealth } from '../../exporter/health.ts';
import { figuresOf } from '../../exporter/log.ts';
import { openSpool } from '../../exporter/sending/spool.ts';
import { newState, type State } from '../../exporter/state.ts';
import { configOf, customerId, hourMs, JumpingClock, spoolFolder } from './stand-ins.ts';

let server: Server;
let state: State;
let clock: JumpingClock;
let folder: string;

beforeEach(async () => {
  clock = new JumpingClock(Date.parse('2026-05-01T10:00:00Z'));
  state = newState(clock.now());
  folder = spoolFolder();
  server = await serveHealth({ config: configOf({ HEALTH_CHECK_PORT: '0' }), clock, state, spool: openSpool(folder) });
});
afterEach(async () => {
  await new Promise((resolve) => server.close(resolve).closeAllConnections());
  rmSync(folder, { recursive: true });
});

const get = async (path: string, accept?: string) => {
  const address = server.address();
  const port = typeof address === 'object' ? address?.port : 0;
  return await fetch(`http://127.0.0.1:${port}${path}`, accept ? { headers: { accept } } : {});
};

it('is healthy from the start and ready after the first success', async () => {
  expect((await get('/health')).status).toBe(200);
  expect((await get('/ready')).status).toBe(503);
  state.lastSuccessMs = clock.now();
  expect((await get('/ready')).status).toBe(200);
});

it('is not ready when the last success is older than two intervals and five minutes', async () => {
  state.lastSuccessMs = clock.now();
  clock.jumpTo(clock.now() + 2 * hourMs + 5 * 60_000);
  expect((await get('/ready')).status).toBe(200);
  clock.jumpTo(clock.now() + 1);
  state.trouble = 'unreachable: connect ECONNREFUSED';
  const answer = await get('/ready');
  expect(answer.status).toBe(503);
  expect(await answer.json()).toMatchObject({ reason: 'unreachable: connect ECONNREFUSED' });
});

it('is not ready for days because a success was noted by a clock that was days ahead', async () => {
  state.lastSuccessMs = clock.now() + 72 * hourMs;
  expect((await get('/ready')).status).toBe(503);
});

it('answers /metrics in the form of the older exporter', async () => {
  clock.jumpTo(clock.now() + hourMs);
  state.lastCollectionMs = clock.now();
  expect(await (await get('/metrics')).json()).toMatchObject({
    service: 'billing-exporter',
    version: '0.1.0',
    customer_id: customerId,
    instance_id: 'k8s-cluster-1',
    namespace: 'customer-a1b2c3d4',
    last_collection: '2026-05-01T11:00:00.000Z',
    uptime_seconds: 3600,
    timestamp: '2026-05-01T11:00:00.000Z',
  });
});

it('answers /metrics as Prometheus text to who asks for text', async () => {
  state.reportsAccepted = 12;
  const answer = await get(
    '/metrics',
    'application/openmetrics-text;version=1.0.0;q=0.5,text/plain;version=0.0.4;q=0.3',
  );
  expect(answer.headers.get('content-type')).toContain('text/plain');
  expect(await answer.text()).toContain(
    `billing_exporter_reports_accepted{customer_id="${customerId}",instance_id="k8s-cluster-1"} 12`,
  );
});

it('logs a window with the fields of the older exporter', () => {
  const gigabyte = 2 ** 30;
  const report = {
    customer_id: customerId,
    instance_id: 'i',
    namespace: 'n',
    timestamp: 't',
    revision: 1,
    complete: true,
  };
  const window = { window_start: 'a', window_end: 'b' };
  const used = {
    network_bytes_sent: gigabyte,
    network_bytes_received: 0.15 * gigabyte,
    storage_used_gb: 15.3,
    cpu_hours: 2.4,
    memory_gb_hours: 5.1,
    http_requests: 125_000,
  };
  expect(figuresOf({ ...report, ...window, ...used })).toMatchObject({
    network_gb: '1.15',
    storage_gb: '15.30',
    cpu_hours: '2.40',
    memory_gb_hours: '5.10',
    http_requests: 125_000,
  });
});
