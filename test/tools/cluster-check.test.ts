/** `npm run cluster-check` on a real control plane: each thing that a customer's stack needs is named while it is missing, and found once it is made. */
import { writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { clusterTools, startCluster, type TestCluster } from '../harness/cluster.ts';
import { describeWithTools, toolPath, toolsFolder } from '../harness/tools.ts';
import { root, run } from '../project/tool.ts';

const namespace = (name: string) => ({ apiVersion: 'v1', kind: 'Namespace', metadata: { name } });
const pod = (at: string, name: string, labels: object) => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name, namespace: at, labels },
  spec: { automountServiceAccountToken: false, containers: [{ name: 'main', image: 'none' }] },
});
const anything = { type: 'object', 'x-kubernetes-preserve-unknown-fields': true };
const issuers = 'clusterissuers.cert-manager.io';
const clusterIssuers = {
  apiVersion: 'apiextensions.k8s.io/v1',
  kind: 'CustomResourceDefinition',
  metadata: { name: issuers },
  spec: {
    group: 'cert-manager.io',
    scope: 'Cluster',
    names: { plural: 'clusterissuers', singular: 'clusterissuer', kind: 'ClusterIssuer' },
    versions: [{ name: 'v1', served: true, storage: true, schema: { openAPIV3Schema: anything } }],
  },
};
const letsencrypt = (...solvers: object[]) => ({
  apiVersion: 'cert-manager.io/v1',
  kind: 'ClusterIssuer',
  metadata: { name: 'letsencrypt' },
  spec: { acme: { solvers } },
});
const dns = { dns01: { route53: { region: 'eu-central-1' } } };

/** A line of the check, and what makes it found, in the order in which it says them. */
const needs: [line: string, objects: object[]][] = [
  [
    'a storage class standard',
    [
      {
        apiVersion: 'storage.k8s.io/v1',
        kind: 'StorageClass',
        metadata: { name: 'standard' },
        provisioner: 'kubernetes.io/host-path',
      },
    ],
  ],
  [
    'an ingress class nginx',
    [
      {
        apiVersion: 'networking.k8s.io/v1',
        kind: 'IngressClass',
        metadata: { name: 'nginx' },
        spec: { controller: 'k8s.io/ingress-nginx' },
      },
    ],
  ],
  ['an ingress controller in ingress-nginx', [namespace('ingress-nginx'), pod('ingress-nginx', 'controller', {})]],
  [
    'a ClusterIssuer letsencrypt of cert-manager',
    // Without a type cert-manager makes node ports, of which customers have none.
    [letsencrypt(dns, { http01: { ingress: { ingressClassName: 'nginx' } } })],
  ],
  [
    'solvers of it that open no node port',
    [letsencrypt(dns, { http01: { ingress: { ingressClassName: 'nginx', serviceType: 'ClusterIP' } } })],
  ],
  [
    'Prometheus in monitoring',
    [
      namespace('monitoring'),
      {
        apiVersion: 'v1',
        kind: 'Service',
        metadata: { name: 'prometheus-kube-prometheus-prometheus', namespace: 'monitoring' },
        spec: { ports: [{ port: 9090 }] },
      },
    ],
  ],
  [
    'pods of Prometheus that network policies name',
    [pod('monitoring', 'prometheus', { 'app.kubernetes.io/name': 'prometheus' })],
  ],
];
const opencostRole = 'a ClusterRole tenantry-opencost';

describeWithTools(['helm', 'kubectl', ...clusterTools], 'npm run cluster-check on a cluster', () => {
  let cluster: TestCluster;
  beforeAll(async () => {
    // One of its own: what is missing here is what somebody's cluster has.
    vi.stubEnv('TENANTRY_TEST_KUBECONFIG', '');
    cluster = await startCluster();
  });
  afterAll(async () => {
    vi.unstubAllEnvs();
    await cluster?.stop();
  });

  const kubectl = async (...args: string[]) => {
    const { status, output } = await run(toolPath('kubectl'), ['--kubeconfig', cluster.kubeconfig, ...args]);
    if (status !== 0) throw new Error(output);
  };
  const make = async (objects: object[]) => {
    const file = join(cluster.folder ?? '', 'made.json');
    await writeFile(file, JSON.stringify({ apiVersion: 'v1', kind: 'List', items: objects }));
    await kubectl('apply', '-f', file);
  };
  /** What is missing, in its order, and whether that was its exit code. */
  const missing = async () => {
    const { status, output } = await run('bash', [join(root, 'tools/cluster-check.sh')], {
      env: { ...process.env, KUBECONFIG: cluster.kubeconfig, HELM_BIN: toolPath('helm'), TOOLS: toolsFolder },
    });
    expect(output).toContain('ok       an API server that answers');
    expect(output).toContain('ok       Kubernetes 1.32 or newer');
    const found = [...output.matchAll(/^missing {2}(.*?): \S/gm)].map(([, what]) => what);
    expect(status).toBe(found.length === 0 ? 0 : 1);
    return found;
  };

  it('names each thing that is missing, and no longer once it is made', async () => {
    await kubectl('delete', 'storageclass', 'standard', '--ignore-not-found');
    await make([clusterIssuers]);
    await kubectl('wait', '--for=condition=Established', `crd/${issuers}`, '--timeout=60s');
    const left = [...needs.map(([line]) => line), opencostRole];
    expect(await missing()).toEqual(left);
    for (const [line, objects] of needs) {
      await vi.waitFor(() => make(objects), { timeout: 60_000, interval: 500 });
      left.splice(left.indexOf(line), 1);
      expect(await missing()).toEqual(left);
    }
    // As docs/on-a-cluster.md has it made.
    const chart = resolve(root, 'charts/provisioner');
    const role = await run(toolPath('helm'), [
      'template',
      'tenantry',
      chart,
      '--values',
      join(chart, 'ci/default-values.yaml'),
      '--show-only',
      'templates/opencost-role.yaml',
    ]);
    const file = join(cluster.folder ?? '', 'role.yaml');
    await writeFile(file, role.output);
    await kubectl('apply', '-f', file);
    expect(await missing()).toEqual([]);
  });
});
