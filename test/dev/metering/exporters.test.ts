import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { callApi, type SignedUp, signUp, untilStatus } from '../../../bench/support/api.ts';
import { simulatedNamespace } from '../../../src/contracts/simulated-cluster.ts';
import { eventually } from '../../harness/eventually.ts';
import { startPlatform, type TestPlatform } from '../../harness/platform.ts';
import { descendants, listeningOf, programOf } from '../../harness/processes.ts';
import { startFixture } from '../fixture/start.ts';
import { writeNamespace } from './simulated.ts';

/** With the image's flags, unlike what bundles it. */
const exportersOf = ({ pid }: TestPlatform) =>
  descendants(pid).filter((child) => /--expose-gc .*exporter\.mjs$/.test(programOf(child) ?? ''));

describe('metering in the simulated cluster', () => {
  let dataDir: string;
  let platform: TestPlatform;
  let api: { url: string; token: string };
  let acme: SignedUp;
  let neighbour: SignedUp;
  beforeAll(async () => {
    dataDir = mkdtempSync(join(tmpdir(), 'tenantry-exporters-'));
    platform = await startPlatform({ dataDir, env: { EXPORTERS: '2' } });
    api = { url: platform.url, token: platform.ready.admin_token };
    acme = await signUp(api, 'acme');
    neighbour = await signUp(api, 'neighbour');
  });
  afterAll(async () => {
    await platform.stop();
    rmSync(dataDir, { recursive: true, force: true });
  });

  const exporters = () => exportersOf(platform);
  const fileOf = ({ namespace }: SignedUp) => join(dataDir, 'simulated-cluster', `${namespace}.json`);
  const stateOf = (of: SignedUp) => simulatedNamespace.parse(JSON.parse(readFileSync(fileOf(of), 'utf8')));
  const saying = (text: string) => platform.logs.find((line) => line.includes(text));
  /** Where a namespace's exporter tells how it is. */
  const addressOf = async ({ namespace }: SignedUp): Promise<string> => {
    const line = await eventually(async () => saying(`exporter ${namespace} | runs: `), Boolean);
    return line?.split('runs: ')[1] ?? '';
  };

  it('runs an exporter for each ready namespace, which reaches Prometheus and knows its place from the API', async () => {
    for (const customer of [acme, neighbour]) {
      const address = await addressOf(customer);
      expect((await fetch(new URL('/health', address))).status).toBe(200);
      const ready = await eventually(
        async () => (await fetch(new URL('/ready', address))).json() as Promise<{ status: string }>,
        ({ status }) => status === 'ready',
      );
      expect(ready).toMatchObject({ status: 'ready', reason: null });
      const { namespace, customerId } = customer;
      const about = await (await fetch(address)).json();
      expect(about).toMatchObject({ namespace, customer_id: customerId, windows_rejected: 0 });
    }
    expect(exporters()).toHaveLength(2);
    expect(platform.logs.filter((line) => line.startsWith('exporter ') && !line.includes('| runs: '))).toEqual([]);
  });

  it('listens on loopback only, with every program that it runs', () => {
    const sockets = [platform.pid, ...descendants(platform.pid)].flatMap((pid) =>
      listeningOf(pid).map((socket) => ({ ...socket, program: programOf(pid) })),
    );
    // The Worker's and Miniflare's, the door, the queue's API, the stand-in, Prometheus, two exporters.
    expect(sockets.length).toBeGreaterThanOrEqual(8);
    expect(sockets.filter(({ loopback }) => !loopback)).toEqual([]);
  });

  it('says so when there are more namespaces than exporters', async () => {
    const third = await signUp(api, 'third');
    await untilStatus(api, third.customerId, 'ready');
    await eventually(async () => saying('3 namespaces are metered, the 2 oldest have an exporter'), Boolean);
    expect(exporters()).toHaveLength(2);
  });

  it('goes on with the same exporter of a deactivated customer, whose pods are gone, to report its last hour', async () => {
    const before = exporters();
    expect((await callApi(api, 'POST', `/api/customers/${acme.customerId}/deactivate`, {})).status).toBe(200);
    await untilStatus(api, acme.customerId, 'suspended');
    const state = stateOf(acme);
    expect(state).toMatchObject({ phase: 'suspended', metering: true, runs: [{ until: expect.any(String) }] });
    const about = await (await fetch(await addressOf(acme))).json();
    expect(about).toMatchObject({ namespace: acme.namespace, windows_rejected: 0 });
    expect(exporters()).toEqual(before);
  });

  it('ends that exporter alone when it no longer meters, and its place goes to the next', async () => {
    const [gone, stays] = [await addressOf(acme), await addressOf(neighbour)];
    // As the provisioner writes it when the drain is over, which the clock of this test is too short for.
    writeFileSync(fileOf(acme), JSON.stringify({ ...stateOf(acme), metering: false }));
    await eventually(
      () =>
        fetch(gone).then(
          () => 'answers',
          () => 'gone',
        ),
      (answer) => answer === 'gone',
    );
    expect((await fetch(stays)).status).toBe(200);
    await eventually(
      async () => exporters().length,
      (count) => count === 2,
    );
    expect(platform.logs.filter((line) => line.includes('ended ('))).toEqual([]);
  });

  it('gives a reactivated customer its exporter again, with a key that the API takes', async () => {
    const before = platform.logs.length;
    expect((await callApi(api, 'POST', `/api/customers/${acme.customerId}/reactivate`, {})).status).toBe(200);
    const line = await eventually(
      async () => platform.logs.slice(before).find((text) => text.includes(`exporter ${acme.namespace} | runs: `)),
      Boolean,
    );
    const address = line?.split('runs: ')[1] ?? '';
    await eventually(
      async () => (await fetch(new URL('/ready', address))).status,
      (status) => status === 200,
    );
    expect(exporters()).toHaveLength(2);
  });

  const allGone = (pids: number[]) =>
    eventually(
      async () => pids.map(programOf).filter((program) => program !== null),
      (programs) => programs.length === 0,
    );

  it('kill -9 of the platform leaves no exporter behind; the next start has them again, and its end ends them', async () => {
    const killed = exporters();
    expect(killed).toHaveLength(2);
    await platform.kill9();
    await allGone(killed);

    platform = await startPlatform({ dataDir, env: { EXPORTERS: '2' } });
    await addressOf(neighbour);
    const started = await eventually(
      async () => exporters(),
      (pids) => pids.length === 2,
    );
    expect(await platform.stop()).toBe(0);
    await allGone(started);
  });
});

describe('metering that was told otherwise', () => {
  let dataDir: string;
  beforeEach(() => {
    dataDir = mkdtempSync(join(tmpdir(), 'tenantry-metering-told-'));
    mkdirSync(join(dataDir, 'simulated-cluster'));
    writeNamespace(join(dataDir, 'simulated-cluster'), 'a0000001', [[Date.now(), null]]);
  });
  afterEach(() => rmSync(dataDir, { recursive: true, force: true }));

  it('reads the Prometheus that was given, as whoever was given for it, and simulates none', async () => {
    const env = { PROMETHEUS_URL: 'http://127.0.0.1:9/prometheus', PROMETHEUS_TOKEN: 'given' };
    const platform = await startFixture({ dataDir, env: { ...env, EXPORTERS: '20' } });
    const [exporter] = await eventually(
      async () => exportersOf(platform),
      (pids) => pids.length === 1,
    );
    const given = readFileSync(`/proc/${exporter}/environ`, 'utf8').split('\0');
    expect(given).toEqual(expect.arrayContaining(Object.entries(env).map((pair) => pair.join('='))));
    expect(given.filter((pair) => /^(ADMIN|STRIPE|PROVISIONER|LICENSE)/.test(pair))).toEqual([]);
    expect(platform.logs.filter((line) => line.startsWith('metering from'))).toEqual([
      `metering from the given Prometheus at ${env.PROMETHEUS_URL}`,
    ]);
    await platform.stop();
  });

  it('leaves it to the cluster when there is a real one, and starts nothing for EXPORTERS=0', async () => {
    for (const env of [{ KUBECONFIG: join(dataDir, 'kubeconfig'), EXPORTERS: '20' }, { EXPORTERS: '0' }]) {
      const platform = await startFixture({ dataDir, env });
      expect(platform.logs.filter((line) => line.startsWith('metering'))).toEqual([]);
      await platform.stop();
    }
  });
});
