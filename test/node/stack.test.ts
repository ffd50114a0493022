/**
 * A customer's stack with real containers: what only those can show. It becomes ready, is apart from others, heals, and its
 * usage is what the kernel counted. The tests follow one another on one node, which has room for one stack.
 */
import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { describeOnNode, startNode, type TestNode } from '../harness/node.ts';
import { toolPath } from '../harness/tools.ts';
import { cpuSeconds, firstProcess, interfaceBytes, type Recording, recordAll } from './kernel.ts';
import { rawSamples, type Sample } from './prometheus.ts';
import {
  apiService,
  database,
  ingress,
  inPod,
  install,
  makeNamespaces,
  namespace,
  podOf,
  reaches,
  shortId,
  sql,
  stranger,
} from './stack.ts';

const run = promisify(execFile);
const exporterProgram = resolve(import.meta.dirname, '../../exporter/main.ts');

const apiServer = '10.96.0.1';
const nodeAddress = '172.30.0.1';
const metadataAddress = '169.254.169.254';

const windowMs = 60_000;
/** From a window's end until what cAdvisor saw at it has been scraped: its own time of 15 s at most, and a scrape. */
const seenWithinMs = 22_000;
/** For what hangs; the kubelet waits up to 10 s before it starts a container again. */
const wait = { timeout: 120_000, interval: 500 };

/** A steady quarter of a core or so, and some bytes a moment, for as long as the test could take. */
const busyDatabase = `SET statement_timeout = '600s'; DO $$ BEGIN LOOP PERFORM sum(i) FROM generate_series(1, 20000) i; PERFORM pg_sleep(0.02); END LOOP; END $$`;
const busyCaller = `
  const ask = () => fetch(process.argv[1] + '/health').then((answer) => answer.text()).catch(() => {});
  (async () => { for (;;) { await ask(); await new Promise((done) => setTimeout(done, 50)); } })();`;

/** Makes the program of pid 1 eat memory: Node's inspector is the way into it. */
const eatMemory = `
  process.kill(1, 'SIGUSR1');
  const eat = async () => {
    const [target] = await (await fetch('http://127.0.0.1:9229/json/list')).json();
    const socket = new WebSocket(target.webSocketDebuggerUrl);
    const expression = 'globalThis.held = []; for (;;) held.push(Buffer.alloc(2 ** 25, 1));';
    socket.onopen = () => socket.send(JSON.stringify({ id: 1, method: 'Runtime.evaluate', params: { expression } }));
  };
  const again = () => eat().catch(() => setTimeout(again, 200));
  again();`;

describeOnNode('a stack on a real node', () => {
  let node: TestNode;
  let billing: Server;
  let billingPort: number;
  let recording: Recording;
  let recordedFromMs: number;
  const load: ChildProcess[] = [];

  const kubectl = (...args: string[]) =>
    load.push(spawn(toolPath('kubectl'), ['--kubeconfig', node.kubeconfig, ...args], { stdio: 'ignore' }));

  /** Begins early: a whole minute of it has passed by the time that it is looked at. */
  async function beginLoad(): Promise<void> {
    const [postgres, api] = [await podOf(node, 'postgres'), await podOf(node, 'api')];
    const cpuOf = ({ uid, containerId }: typeof api) => node.cgroup('cpuacct', uid, containerId);
    const [postgresCgroup, apiCgroup] = [await cpuOf(postgres), await cpuOf(api)];
    const processes = [firstProcess(postgresCgroup), firstProcess(apiCgroup)] as const;
    recording = recordAll({
      [`cpu ${postgres.name}`]: cpuSeconds(postgresCgroup),
      [`cpu ${api.name}`]: cpuSeconds(apiCgroup),
      [`sent ${postgres.name}`]: interfaceBytes(processes[0], 'sent'),
      [`sent ${api.name}`]: interfaceBytes(processes[1], 'sent'),
      [`received ${postgres.name}`]: interfaceBytes(processes[0], 'received'),
      [`received ${api.name}`]: interfaceBytes(processes[1], 'received'),
    });
    recordedFromMs = Date.now();
    kubectl('-n', namespace, 'exec', database, '-c', 'postgres', '--', 'psql', '-U', 'postgres', '-c', busyDatabase);
    kubectl('-n', ingress.namespace, 'exec', ingress.pod, '--', 'node', '-e', busyCaller, apiService);
  }

  beforeAll(async () => {
    billing = createServer((_, answer) => answer.end('the billing API'));
    await new Promise<void>((listening) => billing.listen(0, '127.0.0.1', listening));
    billingPort = (billing.address() as AddressInfo).port;
    node = await startNode(billingPort);
    await makeNamespaces(node);
  });
  /** Before the containers end whose counters are read. */
  function endLoad(): void {
    recording?.stop();
    for (const one of load) one.kill();
  }
  afterAll(async () => {
    endLoad();
    billing?.closeAllConnections();
    billing?.close();
    await node?.stop();
  });

  it('becomes ready: the API, its database and the exporter', async () => {
    await install(node, billingPort);
    await beginLoad();
    for (const part of ['api', 'postgres', 'billing-exporter']) {
      expect((await podOf(node, part)).ready).toBe(true);
    }
  });

  it('answers where the ingress controller asks, with its database behind it', async () => {
    const ask = `fetch(process.argv[1]).then(async (answer) => console.log(answer.status, await answer.text()))`;
    expect(await inPod(node, ingress.namespace, ingress.pod, ask, `${apiService}/ready`)).toMatch(/^200 /);
    await sql(node, 'CREATE TABLE kept AS SELECT generate_series(1, 2000) AS n');
    expect(await sql(node, 'SHOW server_version_num')).toMatch(/^15/);
  });

  it('is apart from other namespaces, and reaches nothing of the cluster', async () => {
    const [api, postgres] = [await podOf(node, 'api'), await podOf(node, 'postgres')];
    const exporter = await podOf(node, 'billing-exporter');
    const within = ({ name: pod }: typeof api) => ({ namespace, pod });
    const open: [typeof stranger, string, number][] = [
      [ingress, api.ip, 3002],
      // They show that what is closed below is closed by a policy, and not by nobody listening.
      [stranger, apiServer, 443],
      [stranger, nodeAddress, 10_250],
      [stranger, metadataAddress, 80],
      [within(api), postgres.ip, 5432],
      [within(api), 'api.tenantry.localhost', billingPort],
      [within(exporter), 'prometheus-kube-prometheus-prometheus.monitoring', 9090],
    ];
    const closed: [typeof stranger, string, number][] = [
      [stranger, api.ip, 3002],
      [stranger, postgres.ip, 5432],
      [stranger, exporter.ip, 8080],
      [ingress, postgres.ip, 5432],
      [within(exporter), postgres.ip, 5432],
      [within(exporter), api.ip, 3002],
      [within(api), apiServer, 443],
      [within(api), nodeAddress, 6443],
      [within(api), nodeAddress, 10_250],
      [within(api), metadataAddress, 80],
      [within(exporter), metadataAddress, 80],
    ];
    const seen = async (edges: typeof open) => {
      const found: string[] = [];
      for (const [from, host, port] of edges) {
        found.push(`${from.pod} ${host}:${port} ${(await reaches(node, from, host, port)) ? 'open' : 'closed'}`);
      }
      return found;
    };
    const said = (edges: typeof open, how: string) =>
      edges.map(([{ pod }, host, port]) => `${pod} ${host}:${port} ${how}`);
    expect(await seen(open)).toEqual(said(open, 'open'));
    expect(await seen(closed)).toEqual(said(closed, 'closed'));
  });

  it('is metered as the kernel counted', async () => {
    const startMs = Math.ceil((recordedFromMs + seenWithinMs) / windowMs) * windowMs;
    const endMs = startMs + windowMs;
    await sleep(Math.max(0, endMs + seenWithinMs - Date.now()));
    const service = '/api/v1/namespaces/monitoring/services/prometheus-kube-prometheus-prometheus:9090/proxy';
    const { stdout } = await run(
      process.execPath,
      [exporterProgram, '--from', new Date(startMs).toISOString(), '--to', new Date(endMs).toISOString(), '--dry-run'],
      {
        env: {
          CUSTOMER_ID: `cust_${shortId}f44a92453aba8a2fe3fe5d6e`,
          NAMESPACE: namespace,
          PROMETHEUS_URL: `${await node.kubectl('config', 'view', '-o', 'jsonpath={.clusters[0].cluster.server}')}${service}`,
          PROMETHEUS_TOKEN: 'admin-token',
          PROMETHEUS_CA_FILE: join(node.folder, 'certs/apiserver.crt'),
          COLLECTION_INTERVAL: String(windowMs),
          ALLOW_SHORT_WINDOWS: 'true',
          HTTP_METRICS: 'none',
          HOST_NETWORK: 'none',
          EXCLUDE_PODS: '.*-billing-exporter-.*',
          LOG_LEVEL: 'error',
        },
      },
    );
    const report = JSON.parse(stdout) as Record<string, number | boolean>;
    expect(report).toMatchObject({ complete: true });
    const samples = await rawSamples(node, namespace, endMs);
    endLoad();
    /** What the kernel counted between the samples that a window lies between. */
    const truth = (kind: string, series: Sample[]) => {
      const own = series.filter(({ pod }) => !pod.includes('-billing-exporter-'));
      expect(own.length).toBe(2);
      const growths = own.map(({ pod, times }) => {
        const sampleAt = (edgeMs: number) => times.findLast((time) => time <= edgeMs) ?? 0;
        return recording.growth(`${kind} ${pod}`, sampleAt(startMs), sampleAt(endMs));
      });
      return {
        least: growths.reduce((sum, { least }) => sum + least, 0),
        most: growths.reduce((sum, { most }) => sum + most, 0),
      };
    };
    const compared = [
      ['cpu_hours', 3600, truth('cpu', samples.cpu)],
      ['network_bytes_sent', 1, truth('sent', samples.sent)],
      ['network_bytes_received', 1, truth('received', samples.received)],
    ] as const;
    for (const [field, unit, { least, most }] of compared) {
      const metered = Number(report[field]) * unit;
      console.log(`${field}: metered ${metered}, the kernel between ${least} and ${most}`);
      expect(metered / most, field).toBeLessThan(1.001);
      expect(metered / least, field).toBeGreaterThan(0.995);
    }
  });

  it('comes back with its data when PostgreSQL is killed', async () => {
    const { uid, containerId, restarts } = await podOf(node, 'postgres');
    process.kill(firstProcess(await node.cgroup('cpuacct', uid, containerId)), 'SIGKILL');
    await vi.waitFor(
      async () => expect(await podOf(node, 'postgres')).toMatchObject({ restarts: restarts + 1, ready: true }),
      wait,
    );
    expect((await sql(node, 'SELECT count(*) FROM kept')).trim()).toBe('2000');
    await vi.waitFor(async () => expect((await podOf(node, 'api')).ready).toBe(true), wait);
  });

  it('keeps what the API eats too much of the API’s own', async () => {
    const others = async () => [await podOf(node, 'postgres'), await podOf(node, 'billing-exporter')];
    const before = await others();
    const { name, restarts } = await podOf(node, 'api');
    // It ends with the container that it runs in.
    await inPod(node, namespace, name, eatMemory).catch(() => {});
    await vi.waitFor(
      async () =>
        expect(await podOf(node, 'api')).toMatchObject({
          name,
          restarts: restarts + 1,
          lastEnd: 'OOMKilled',
          ready: true,
        }),
      wait,
    );
    expect(await others()).toEqual(before);
  });
});
