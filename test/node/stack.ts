/**
 * A customer's stack of the shipped chart on a real node, as the provisioner would install it: namespace, Secrets, values. Owns
 * the names; what is seen of the stack is the tests'.
 */
import { generateKeyPairSync } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import type { TestNode } from '../harness/node.ts';

const chart = resolve(import.meta.dirname, '../../charts/customer-instance');
const password = 'a password of the tests';
/** Each that is printable. */
export const everyCharacter = Array.from({ length: 95 }, (_, index) => String.fromCharCode(32 + index)).join('');

export const shortId = 'b4c867f1';
export const namespace = `customer-${shortId}`;
export const release = `c${shortId}`;
const name = (component: string): string => `${release}-customer-instance-${component}`;

export const database = `${name('postgres')}-0`;
export const apiService = `http://${name('api')}.${namespace}.svc.cluster.local:3002`;
const publicKeyPem = generateKeyPairSync('rsa', { modulusLength: 2048 }).publicKey.export({
  type: 'spki',
  format: 'pem',
});
/** A namespace and pod of another customer, one of the ingress controller's. */
export const neighbour = { namespace: 'customer-11111111', pod: 'api' };
export const ingress = { namespace: 'ingress-nginx', pod: 'probe' };

/** A pod of the stack, as it is now. */
export type Pod = {
  name: string;
  uid: string;
  ip: string;
  containerId: string;
  restarts: number;
  /** Why its container ended last, e.g. `OOMKilled`. */
  lastEnd: string | undefined;
  ready: boolean;
};

type PodJson = {
  metadata: { name: string; uid: string; deletionTimestamp?: string };
  status: {
    podIP?: string;
    containerStatuses?: {
      name: string;
      containerID?: string;
      ready: boolean;
      restartCount: number;
      lastState?: { terminated?: { reason: string } };
    }[];
  };
};

/** Without `container` the one that is named after the component. */
export async function podOf(node: TestNode, component: string, container = component): Promise<Pod> {
  const selector = `app.kubernetes.io/component=${component}`;
  const { items } = JSON.parse(await node.kubectl('-n', namespace, 'get', 'pods', '-l', selector, '-o', 'json')) as {
    items: PodJson[];
  };
  const pod = items.find(({ metadata }) => metadata.deletionTimestamp === undefined);
  const found = pod?.status.containerStatuses?.find(({ name }) => name === container);
  if (!pod || !found) throw new Error(`there is no pod of ${component}`);
  return {
    name: pod.metadata.name,
    uid: pod.metadata.uid,
    ip: pod.status.podIP ?? '',
    containerId: (found.containerID ?? '').replace('containerd://', ''),
    restarts: found.restartCount,
    lastEnd: found.lastState?.terminated?.reason,
    ready: found.ready,
  };
}

/** As this customer's own API has them: its namespace alone says that it is another's. */
const neighbourLabels = {
  'app.kubernetes.io/name': 'customer-instance',
  'app.kubernetes.io/instance': release,
  'app.kubernetes.io/component': 'api',
};
const listen = `for (const port of [3002, 5432]) require('node:net').createServer((socket) => socket.end()).listen(port);`;

/** Namespaces, the Secrets that a provisioner makes, and a pod in each of the other namespaces to look from. */
export async function makeNamespaces(node: TestNode): Promise<void> {
  const secret = (secretName: string, key: string, value: string) => ({
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: { name: secretName, namespace },
    stringData: { [key]: value },
  });
  const restricted = { 'pod-security.kubernetes.io/enforce': 'restricted' };
  const probe = (at: { namespace: string; pod: string }, program: string, labels: object, ports: object[]) => ({
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: at.pod, namespace: at.namespace, labels },
    spec: {
      terminationGracePeriodSeconds: 0,
      securityContext: { runAsNonRoot: true, runAsUser: 1000, seccompProfile: { type: 'RuntimeDefault' } },
      containers: [
        {
          name: 'probe',
          image: 'tenantry/instance-api:0.1.0',
          imagePullPolicy: 'Never',
          command: ['node', '-e', program],
          ports,
          securityContext: { allowPrivilegeEscalation: false, capabilities: { drop: ['ALL'] } },
        },
      ],
    },
  });
  const made = (metadata: object) => ({ apiVersion: 'v1', kind: 'Namespace', metadata });
  await apply(node, 'namespaces.json', [
    made({ name: namespace, labels: restricted }),
    made({ name: neighbour.namespace, labels: { ...restricted, 'tenantry.dev/customer': 'cust_11111111' } }),
    made({ name: ingress.namespace }),
    secret('instance-licence', 'license', 'none'),
    secret('instance-postgres', 'password', password),
    secret('instance-reporter', 'api-key', 'tk_of_the_tests'),
    secret('instance-app-reporter', 'api-key', 'tk_of_the_api'),
    // It goes into a header.
    secret('instance-admin', 'password', 'token-of-the-tests'),
    ...['broker-database', 'postgres-metrics', 'mqtt-api', 'mqtt-exporter', 'redis', 'grafana'].map((of) =>
      secret(`instance-${of}`, 'password', everyCharacter),
    ),
  ]);
  // A pod that is made before its namespace's account is there would be refused.
  for (const at of [namespace, neighbour.namespace, ingress.namespace]) {
    await node.kubectl('-n', at, 'wait', '--for=create', 'serviceaccount/default', '--timeout=60s');
  }
  await apply(node, 'probes.json', [
    probe(neighbour, listen, neighbourLabels, [
      { name: 'http', containerPort: 3002 },
      { name: 'postgres', containerPort: 5432 },
    ]),
    probe(ingress, 'setInterval(() => {}, 1e6)', {}, []),
  ]);
}

async function apply(node: TestNode, file: string, items: object[]): Promise<void> {
  const path = join(node.folder, file);
  await writeFile(path, JSON.stringify({ apiVersion: 'v1', kind: 'List', items }));
  await node.kubectl('apply', '-f', path);
}

/** Installs the chart and waits until it is ready. @param billingPort where pods reach the billing API @param more values laid over the others */
export async function install(node: TestNode, billingPort: number, more: object = {}): Promise<void> {
  const values = join(node.folder, 'test-values.json');
  await writeFile(
    values,
    JSON.stringify({
      billingApiUrl: `http://api.tenantry.localhost:${billingPort}`,
      appReporterSecret: 'instance-app-reporter',
      license: { publicKey: publicKeyPem },
      ...more,
    }),
  );
  const files = [join(chart, 'ci/small-values.yaml'), join(import.meta.dirname, 'values.yaml'), values];
  const given = files.flatMap((file) => ['--values', file]);
  await node.helm(
    'upgrade',
    '--install',
    release,
    chart,
    '--namespace',
    namespace,
    ...given,
    '--wait',
    '--timeout=240s',
  );
  for (const { namespace: at, pod } of [neighbour, ingress]) {
    await node.kubectl('-n', at, 'wait', '--for=condition=Ready', `pod/${pod}`, '--timeout=60s');
  }
}

/** What a program of Node prints in a pod. */
export const inPod = (node: TestNode, at: string, pod: string, program: string, ...args: string[]): Promise<string> =>
  node.kubectl('-n', at, 'exec', pod, '--', 'node', '-e', program, ...args);

const connect = `
  const [host, port] = process.argv.slice(1);
  const socket = require('node:net').connect({ host, port: Number(port), timeout: 2000 });
  socket.on('connect', () => { console.log('open'); process.exit(); });
  socket.on('timeout', () => { console.log('closed'); process.exit(); });
  socket.on('error', () => { console.log('closed'); process.exit(); });`;

/** Whether a pod gets a connection. */
export async function reaches(
  node: TestNode,
  from: { namespace: string; pod: string },
  host: string,
  port: number,
): Promise<boolean> {
  return (await inPod(node, from.namespace, from.pod, connect, host, String(port))).trim() === 'open';
}

/** What psql prints, as the superuser inside the pod. */
export const sql = (node: TestNode, statement: string, of = 'postgres'): Promise<string> =>
  node.kubectl(
    '-n',
    namespace,
    'exec',
    database,
    '-c',
    'postgres',
    '--',
    'psql',
    '-U',
    'postgres',
    '-d',
    of,
    '-Atc',
    statement,
  );
