/** Who may talk to whom in a customer's namespace: the whole matrix of peers and ports, not a sample of rules. */
import { expect, it } from 'vitest';
import { describeWithTools } from '../harness/tools.ts';
import { exampleValues, type Plan } from './example.ts';
import { type Manifest, render } from './helm.ts';
import { type Connection, customerNamespace, mayConnect, type Peer, podOf, policiesOf } from './network-policies.ts';
import { type Part, partsOf } from './parts.ts';

const namespace = customerNamespace;
const neighbour = 'customer-11111111';

const hasOpencost = (objects: Manifest[]): boolean =>
  objects.some(({ kind, metadata }) => kind === 'Deployment' && metadata.name.endsWith('-opencost'));
const peersOf = (objects: Manifest[], plan: Plan): Peer[] => {
  const api = podOf(objects, 'Deployment', 'api');
  const named = ({ kind, component }: Part): Peer => ({
    ...podOf(objects, kind, component),
    name: component === 'prometheus' ? 'own prometheus' : component === 'grafana' ? 'own grafana' : component,
  });
  return [
    ...partsOf(plan)
      .filter(({ component }) => component !== 'opencost' || hasOpencost(objects))
      .map(named),
    { name: 'stranger', namespace, labels: { app: 'stranger' } },
    { name: 'solver', namespace, labels: { 'acme.cert-manager.io/http01-solver': 'true' } },
    { ...api, name: "a neighbour's api", namespace: neighbour },
    { name: 'ingress controller', namespace: 'ingress-nginx', labels: {} },
    { name: 'prometheus', namespace: 'monitoring', labels: { 'app.kubernetes.io/name': 'prometheus' } },
    { name: 'grafana', namespace: 'monitoring', labels: { 'app.kubernetes.io/name': 'grafana' } },
    { name: 'another prometheus', namespace: 'shop', labels: { 'app.kubernetes.io/name': 'prometheus' } },
    { name: 'shared opencost', namespace: 'opencost', labels: { 'app.kubernetes.io/name': 'opencost' } },
    { name: 'dns', namespace: 'kube-system', labels: { 'k8s-app': 'kube-dns' } },
    { name: 'other system pod', namespace: 'kube-system', labels: {} },
    { name: 'node dns', ip: '169.254.20.10' },
    { name: 'internet', ip: '104.16.132.229' },
    { name: 'internet v6', ip: '2606:4700::6810:84e5' },
    { name: 'cloud metadata', ip: '169.254.169.254' },
    { name: 'private network', ip: '10.96.0.1' },
  ];
};
const connections: Connection[] = [
  ...[53, 80, 443, 1883, 3000, 3002, 5432, 6379, 6443, 8080, 8089, 8787, 9001, 9003, 9090, 9187, 9234].map((port) => ({
    port,
    protocol: 'TCP' as const,
  })),
  { port: 53, protocol: 'UDP' },
];

/** Every allowed connection that has one end in the customer's namespace, as `from > to:port`. */
const allowed = (objects: Manifest[], plan: Plan = 'starter'): string[] => {
  const policies = policiesOf(objects);
  const peers = peersOf(objects, plan);
  return peers.flatMap((from) =>
    peers
      .filter((to) => to !== from && (from.namespace === namespace || to.namespace === namespace))
      .flatMap((to) =>
        connections
          .filter((how) => mayConnect(policies, from, to, how))
          .map(({ port, protocol }) => `${from.name} > ${to.name}:${port}${protocol === 'UDP' ? '/udp' : ''}`),
      ),
  );
};

/** Who looks names up. */
const asking = ['api', 'billing-exporter', 'dashboard', 'mosquitto', 'mosquitto-exporter', 'opencost'];
const askingDns = (names: string[]): string[] =>
  names.flatMap((name) => ['dns:53', 'dns:53/udp', 'node dns:53', 'node dns:53/udp'].map((to) => `${name} > ${to}`));
/** Whatever the plan. The private network's ports 443 and 6443 are where an API server is. */
const edges = [
  'api > internet v6:443',
  'api > internet:443',
  'api > mosquitto:1883',
  'api > postgres:5432',
  'api > redis:6379',
  'billing-exporter > internet v6:443',
  'billing-exporter > internet:443',
  'billing-exporter > opencost:9003',
  'billing-exporter > prometheus:9090',
  'dashboard > api:3002',
  'ingress controller > api:3002',
  'ingress controller > dashboard:8080',
  'ingress controller > mosquitto:9001',
  'ingress controller > solver:8089',
  'mosquitto > postgres:5432',
  'mosquitto-exporter > mosquitto:1883',
  'opencost > private network:443',
  'opencost > private network:6443',
  'opencost > prometheus:9090',
  'prometheus > mosquitto-exporter:9234',
  'prometheus > postgres:9187',
];

describeWithTools(['helm'], "a customer's namespace", () => {
  it('lets through what the stack needs and nothing else', async () => {
    expect(allowed(await render(exampleValues())).sort()).toEqual([...edges, ...askingDns(asking)].sort());
  });

  it('with a Prometheus of its own lets that read every part, Grafana ask it, and nobody from outside to either', async () => {
    const objects = await render(exampleValues({ plan: 'enterprise' }));
    const own = [
      'own grafana > own prometheus:9090',
      ...[
        'api:3002',
        'billing-exporter:8080',
        'mosquitto-exporter:9234',
        'opencost:9003',
        'own grafana:3000',
        'postgres:9187',
      ].map((to) => `own prometheus > ${to}`),
    ];
    expect(allowed(objects, 'enterprise').sort()).toEqual(
      [...edges, ...own, ...askingDns([...asking, 'own prometheus', 'own grafana'])].sort(),
    );
  });

  it('reaches the price list of a cloud where one is named, and the ingress controller reaches nothing where there is no ingress', async () => {
    const open = allowed(
      await render(exampleValues(), {
        opencost: { cloudProvider: { provider: 'AWS' } },
        ingress: { enabled: false },
      }),
    );
    const priceList = ['opencost > internet:443', 'opencost > internet v6:443'];
    expect(open.filter((edge) => edge.startsWith('opencost > internet')).sort()).toEqual(priceList.sort());
    expect(open.filter((edge) => edge.startsWith('ingress controller'))).toEqual(['ingress controller > solver:8089']);
  });

  it('has no OpenCost where all customers share one, nor a way to the API server', async () => {
    const objects = await render(exampleValues(), { opencost: { url: 'http://opencost.opencost:9003' } });
    expect(objects.filter(({ metadata }) => metadata.labels?.['app.kubernetes.io/component'] === 'opencost')).toEqual(
      [],
    );
    expect(JSON.stringify(objects)).not.toMatch(/serviceAccountToken|ClusterRole/);
    expect(allowed(objects)).toContain('billing-exporter > shared opencost:9003');
  });

  it("follows the billing API's port and the operator's own namespaces", async () => {
    const values = { ...exampleValues(), billingApiUrl: 'http://10.96.0.1:8787' };
    const open = allowed(
      await render(values, {
        networkPolicy: {
          ingressController: { namespace: 'kube-system' },
          billingApi: [{ cidr: '10.96.0.0/16' }],
        },
      }),
    );
    expect(open).toContain('billing-exporter > private network:8787');
    expect(open).toContain('other system pod > api:3002');
    expect(open.filter((line) => /internet|ingress controller|:443/.test(line))).toEqual([
      // The API server, which is in a private network.
      'opencost > private network:443',
    ]);
    const labelled = allowed(
      await render(values, {
        networkPolicy: { ingressController: { namespace: 'kube-system', podLabels: { 'k8s-app': 'kube-dns' } } },
      }),
    );
    expect(labelled).toContain('dns > api:3002');
    expect(labelled).not.toContain('other system pod > api:3002');
    expect(allowed(await render({ ...values, billingApiUrl: 'http://billing.example.com' }))).toContain(
      'api > internet:80',
    );
  });
});
