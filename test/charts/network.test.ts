/** Who may talk to whom in a customer's namespace: the whole matrix of peers and ports, not a sample of rules. */
import { expect, it } from 'vitest';
import { describeWithTools } from '../harness/tools.ts';
import { exampleValues } from './example.ts';
import { type Manifest, render } from './helm.ts';
import { type Connection, customerNamespace, mayConnect, type Peer, podOf, policiesOf } from './network-policies.ts';

const namespace = customerNamespace;
const neighbour = 'customer-11111111';

const peersOf = (objects: Manifest[]): Peer[] => {
  const api = podOf(objects, 'Deployment', 'api');
  return [
    api,
    podOf(objects, 'StatefulSet', 'postgres'),
    podOf(objects, 'Deployment', 'billing-exporter'),
    { name: 'stranger', namespace, labels: { app: 'stranger' } },
    { name: 'solver', namespace, labels: { 'acme.cert-manager.io/http01-solver': 'true' } },
    { ...api, name: "a neighbour's api", namespace: neighbour },
    { name: 'ingress controller', namespace: 'ingress-nginx', labels: {} },
    { name: 'prometheus', namespace: 'monitoring', labels: { 'app.kubernetes.io/name': 'prometheus' } },
    { name: 'grafana', namespace: 'monitoring', labels: { 'app.kubernetes.io/name': 'grafana' } },
    { name: 'another prometheus', namespace: 'shop', labels: { 'app.kubernetes.io/name': 'prometheus' } },
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
  ...[53, 80, 443, 3002, 5432, 6443, 8080, 8089, 8787, 9090].map((port) => ({ port, protocol: 'TCP' as const })),
  { port: 53, protocol: 'UDP' },
];

/** Every allowed connection that has one end in the customer's namespace, as `from > to:port`. */
const allowed = (objects: Manifest[]): string[] => {
  const policies = policiesOf(objects);
  const peers = peersOf(objects);
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

describeWithTools(['helm'], "a customer's namespace", () => {
  it('lets through what the stack needs and nothing else', async () => {
    expect(allowed(await render(exampleValues())).sort()).toEqual(
      [
        'api > dns:53',
        'api > dns:53/udp',
        'api > internet v6:443',
        'api > internet:443',
        'api > node dns:53',
        'api > node dns:53/udp',
        'api > postgres:5432',
        'billing-exporter > dns:53',
        'billing-exporter > dns:53/udp',
        'billing-exporter > internet v6:443',
        'billing-exporter > internet:443',
        'billing-exporter > node dns:53',
        'billing-exporter > node dns:53/udp',
        'billing-exporter > prometheus:9090',
        'ingress controller > api:3002',
        'ingress controller > solver:8089',
      ].sort(),
    );
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
    expect(open.filter((line) => /internet|ingress controller|:443/.test(line))).toEqual([]);
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
