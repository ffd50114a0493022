/**
 * A customer's stack with real containers: what only those can show. It becomes ready, is apart from others, heals, and its
 * usage is what the kernel counted. The tests follow one another on one node, which has room for one stack.
 */
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { exampleValues } from '../charts/example.ts';
import { componentsOf } from '../charts/parts.ts';
import { describeOnNode, startNode, type TestNode } from '../harness/node.ts';
import { type Compared, faultsOf, faultsOfRun, lineOf, lineOfRun } from './kernel-judge.ts';
import { beginLoad, compareRun, compareWindow, type Load } from './kernel-truth.ts';
import { type Container, endsOf, killAll, wait } from './kill.ts';
import { eatMemory } from './load.ts';
import { connections } from './matrix.ts';
import { addDevice, devicePassword, mqtt, published, redis } from './parts.ts';
import { jobsUp } from './prometheus.ts';
import {
  apiService,
  everyCharacter,
  ingress,
  inPod,
  install,
  makeNamespaces,
  namespace,
  neighbour,
  podOf,
  reaches,
  release,
  sql,
} from './stack.ts';

const starter = componentsOf('starter');

const apiServer = '10.96.0.1';
const nodeAddress = '172.30.0.1';
const metadataAddress = '169.254.169.254';

/** What runs here in the place of what cannot be had. */
const standIns = [
  'mosquitto-go-auth: the same statements over the same PostgreSQL, for Debian’s mosquitto (images/go-auth.sh)',
  'OpenCost, Grafana, postgres_exporter: answers to probes and a metric or two (images/made.sh)',
  'tenantry/instance-api and -dashboard: examples/instance',
];

/** Windows of a minute that are compared, and how many are looked at for them; the load gives them all. */
const [wholeWindows, windowsMax] = [3, 8];
/** Of the load's twenty a second, in as many minutes. */
const steadyMessages = wholeWindows * 1000;

/** Every container of the small stack. */
const containers: Container[] = [...starter.map((part) => [part] as const), ['postgres', 'metrics']];

/** Looks until every connection is as the policies have it: what enforces them learns of each a moment later, on a real cluster as here. */
async function asAllowed(node: TestNode): Promise<Awaited<ReturnType<typeof connections>>> {
  const found = await vi.waitFor(async () => {
    const seen = await connections(node, [
      { name: 'API server', ip: apiServer, port: 443 },
      { name: 'API server', ip: nodeAddress, port: 6443 },
      { name: 'kubelet', ip: nodeAddress, port: 10_250 },
      { name: 'metadata', ip: metadataAddress, port: 80 },
    ]);
    expect(seen.map(({ from, reaches: open }) => [from, open])).toEqual(
      seen.map(({ from, allowed }) => [from, allowed]),
    );
    return seen;
  }, wait);
  for (const { from, reaches: open } of found) console.log(`${from} > ${open.join(', ') || 'nothing'}`);
  // Whatever the policies say: nothing leads from one customer to another.
  expect(found.find(({ from }) => from === 'neighbour')?.reaches).toEqual([]);
  expect(found.flatMap(({ reaches: open }) => open).filter((place) => place.startsWith('neighbour'))).toEqual([]);
  return found;
}

describeOnNode('a stack on a real node', () => {
  let node: TestNode;
  let billing: Server;
  let billingPort: number;
  let load: Load | undefined;

  beforeAll(async () => {
    billing = createServer((_, answer) => answer.end('the billing API'));
    await new Promise<void>((listening) => billing.listen(0, '127.0.0.1', listening));
    billingPort = (billing.address() as AddressInfo).port;
    node = await startNode(billingPort);
    await makeNamespaces(node);
  });
  afterAll(async () => {
    load?.end();
    billing?.closeAllConnections();
    billing?.close();
    await node?.stop();
  });

  it('becomes ready, each of its parts', async () => {
    console.log(`stand-ins:\n  ${standIns.join('\n  ')}`);
    await install(node, billingPort);
    // Early: a whole minute of it has passed by the time that it is looked at.
    load = await beginLoad(node);
    for (const part of starter) expect([part, (await podOf(node, part)).ready]).toEqual([part, true]);
  });

  it('answers to helm test, which leaves no way open behind it', async () => {
    await node.helm('test', release, '--namespace', namespace, '--timeout=120s');
    const left = await node.kubectl('-n', namespace, 'get', 'networkpolicies,pods', '-o', 'name');
    expect(left.split('\n').filter((name) => name.includes('-test'))).toEqual([]);
  });

  it('lets its pods reach one another, the cluster and the machine as the chart says, and no other way', async () => {
    const found = await asAllowed(node);
    expect(found.map(({ from }) => from)).toEqual([...starter, 'neighbour', 'ingress controller']);
  });

  it('answers where the ingress controller asks, with its database behind it', async () => {
    const ask = `fetch(process.argv[1]).then(async (answer) => console.log(answer.status, await answer.text()))`;
    expect(await inPod(node, ingress.namespace, ingress.pod, ask, `${apiService}/ready`)).toMatch(/^200 /);
    await sql(node, 'CREATE TABLE kept AS SELECT generate_series(1, 2000) AS n');
    expect(await sql(node, 'SHOW server_version_num')).toMatch(/^15/);
  });

  it('reaches the billing API and the cluster’s Prometheus by their names', async () => {
    const within = async (part: string) => ({ namespace, pod: (await podOf(node, part)).name });
    expect(await reaches(node, await within('api'), 'api.tenantry.localhost', billingPort)).toBe(true);
    const prometheus = 'prometheus-kube-prometheus-prometheus.monitoring';
    expect(await reaches(node, await within('billing-exporter'), prometheus, 9090)).toBe(true);
    // They show that what is closed to the stack is closed by a policy, and not by nobody listening.
    expect(await reaches(node, neighbour, apiServer, 443)).toBe(true);
    expect(await reaches(node, neighbour, nodeAddress, 10_250)).toBe(true);
    expect(await reaches(node, neighbour, metadataAddress, 80)).toBe(true);
    const ip = await node.kubectl(
      '-n',
      neighbour.namespace,
      'get',
      'pod',
      neighbour.pod,
      '-o',
      'jsonpath={.status.podIP}',
    );
    for (const port of [3002, 5432]) expect(await reaches(node, ingress, ip, port)).toBe(true);
  });

  it('is metered as the kernel counted, in each minute in which every sample came and over all of them', async () => {
    if (!load) throw new Error('there is no load');
    const windows: Compared[] = [];
    const whole = () => windows.filter(({ gaps }) => gaps === null).length;
    // A machine with much else to do misses a scrape.
    while (whole() < wholeWindows && windows.length < windowsMax) {
      const compared = await compareWindow(node, load, windows.length);
      windows.push(compared);
      console.log(lineOf(compared));
      expect(faultsOf(compared)).toEqual([]);
    }
    expect(whole()).toBe(wholeWindows);
    const run = compareRun(load, windows);
    if (!run) throw new Error('there is no run');
    console.log(lineOfRun(run));
    expect(faultsOfRun(run)).toEqual([]);
    expect(await published(node)).toBeGreaterThan(steadyMessages);
    load.end();
  }, 900_000);

  it('comes back with its data when each of its processes is killed', async () => {
    await redis(node, 'SET kept 42');
    const api = await mqtt(node, 'api', everyCharacter);
    await api.publishAsync('devices/dev_1/commands', 'kept', { qos: 1, retain: true });
    await api.publishAsync('devices/dev_2/commands', 'kept too', { qos: 1, retain: true });
    await addDevice(node, 'dev_1');
    // Until Redis has written its log (a second) and the broker its store (15).
    await sleep(17_000);
    api.end(true);
    const database: Container[] = [['postgres']];
    const before = await endsOf(node, database);
    await killAll(
      node,
      containers.filter(([part, container]) => part !== 'postgres' || container === 'metrics'),
    );
    expect(await endsOf(node, database)).toEqual(before);
    expect(await redis(node, 'GET kept')).toBe('42');
    const device = await mqtt(node, 'dev_1', devicePassword);
    const heard: string[] = [];
    device.on('message', (topic, payload) => heard.push(`${topic} ${payload}`));
    await device.subscribeAsync('devices/#', { qos: 1 });
    await vi.waitFor(() => expect(heard.length).toBeGreaterThan(0), wait);
    await sleep(500);
    expect(heard).toEqual(['devices/dev_1/commands kept']);
    device.end(true);
    await expect(mqtt(node, 'dev_2', devicePassword)).rejects.toThrow(/not authorized/i);
  });

  it('comes back with its data when PostgreSQL is killed', async () => {
    await killAll(node, [['postgres']]);
    expect((await sql(node, 'SELECT count(*) FROM kept')).trim()).toBe('2000');
    await vi.waitFor(async () => expect((await podOf(node, 'api')).ready).toBe(true), wait);
  });

  it('keeps what the API eats too much of the API’s own', async () => {
    const others = () =>
      endsOf(
        node,
        containers.filter(([part]) => part !== 'api'),
      );
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

  it('grows into Enterprise: a Prometheus of its own, which reads every part, and Grafana', async () => {
    const { monitoring, quota } = exampleValues({ plan: 'enterprise' });
    await install(node, billingPort, { plan: 'enterprise', monitoring, quota });
    for (const part of componentsOf('enterprise'))
      expect([part, (await podOf(node, part)).ready]).toEqual([part, true]);
    const jobs = ['api', 'billing-exporter', 'grafana', 'mosquitto-exporter', 'opencost', 'postgres', 'prometheus'];
    await vi.waitFor(async () => expect(await jobsUp(node, Date.now() / 1000)).toEqual(jobs), wait);
    const found = await asAllowed(node);
    expect(found.map(({ from }) => from)).toEqual([...componentsOf('enterprise'), 'neighbour', 'ingress controller']);
  });

  it('still knows what its Prometheus saw when that and Grafana are killed', async () => {
    const seenAt = Date.now() / 1000;
    const seen = await jobsUp(node, seenAt);
    expect(seen).toContain('prometheus');
    await killAll(node, [['prometheus'], ['grafana']]);
    expect(await jobsUp(node, seenAt)).toEqual(seen);
  });
});
