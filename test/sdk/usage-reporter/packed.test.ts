/** The reporter as a customer installs it: from its packed tarball, offline, in JavaScript and in TypeScript. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Installed, installPacked } from '../../harness/packed.ts';

/** Counts, is stopped, and is there again on the same folder. */
const host = `
import { startUsageReporter } from '@tenantry/usage-reporter';
import { fileStore } from '@tenantry/usage-reporter/file-store';
const asked = [];
const options = {
  api: 'https://billing.example.com', apiKey: 'rep_key', customerId: 'cust_' + 'a1b2c3d4'.repeat(4), store: fileStore('spool'),
  fetch: async (url) => { asked.push(String(url)); return new Response(null, { status: 503 }); }, log: () => {},
};
const reporter = startUsageReporter(options);
reporter.traffic.countCall('devices');
while (reporter.status().state === 'waiting') await new Promise((done) => setTimeout(done, 10));
await reporter.flush();
await reporter.stop();
console.log(JSON.stringify({ asked: asked.length > 0, state: reporter.status().state }));
`;

const typed = `
import express from 'express';
import { Hono } from 'hono';
import { type ReporterOptions, startUsageReporter, type Store, StoreBusy, type UsageReporter } from '@tenantry/usage-reporter';
import { countTraffic as countExpress } from '@tenantry/usage-reporter/express';
import { fileStore } from '@tenantry/usage-reporter/file-store';
import { countTraffic } from '@tenantry/usage-reporter/hono';
import { memoryStore } from '@tenantry/usage-reporter/memory-store';
import { watchMqtt } from '@tenantry/usage-reporter/mqtt';
import { TrafficMonitor } from '@tenantry/usage-reporter/traffic-monitor';
import { EventEmitter } from 'node:events';

const options: Omit<ReporterOptions, 'store'> = { api: 'https://billing.example.com', apiKey: 'k', customerId: 'c', devices: () => 3 };
const own: Store = { ...memoryStore(), open: async () => { throw new StoreBusy('somebody has it'); } };
startUsageReporter({ ...options, store: own });
const reporter: UsageReporter = startUsageReporter({ ...options, store: fileStore('spool') });
startUsageReporter({ ...options, store: memoryStore(), devices: async () => ({ active: 1, total: 2 }) });
type Bound = { Variables: { user: string } };
const app = new Hono<Bound>();
app.use(countTraffic(reporter.traffic, { category: (_method, path) => (path.startsWith('/assets') ? null : 'all') }));
express().use(countExpress(reporter.traffic, { calls: false }));
const end: () => void = watchMqtt(reporter.traffic, new EventEmitter());
const calls: number = new TrafficMonitor().totals().http.calls;
reporter.traffic.count('custom_1', 2);
// @ts-expect-error there is no such meter
reporter.traffic.count('custom_9', 2);
export { app, calls, end };
`;

describe('the packed reporter', () => {
  let installed: Installed;
  beforeAll(async () => {
    installed = await installPacked('usage-reporter', ['hono', 'express', '@types']);
  });
  afterAll(() => installed.remove());

  it('holds its code, its types and its README, and no source', () => {
    expect(installed.files.filter((file) => !/^dist\/[\w/-]+\.(?:js|d\.ts)$/.test(file))).toEqual([
      'README.md',
      'package.json',
    ]);
  });

  it('runs from plain JavaScript, and lets the process end', async () => {
    installed.write('host.js', host);
    expect(JSON.parse(await installed.run('node', 'host.js'))).toEqual({ asked: true, state: 'stopped' });
  });

  it.each(['bundler', 'nodenext'])('is typed for hosts with Hono and Express (%s)', async (moduleResolution) => {
    await installed.compile(typed, moduleResolution);
  });
});
