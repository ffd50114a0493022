/** The test cluster is what the other tests take it for: a real control plane whose pods run and are metered as annotated. */
import { AppsV1Api, CoreV1Api, KubeConfig } from '@kubernetes/client-node';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { clusterTools, startCluster, type TestCluster } from '../harness/cluster.ts';
import { describeWithTools } from '../harness/tools.ts';

const namespace = 'cluster-selftest';

describeWithTools(clusterTools, 'the test cluster', () => {
  let cluster: TestCluster;
  let core: CoreV1Api;
  let apps: AppsV1Api;

  beforeAll(async () => {
    cluster = await startCluster();
    const config = new KubeConfig();
    config.loadFromFile(cluster.kubeconfig);
    core = config.makeApiClient(CoreV1Api);
    apps = config.makeApiClient(AppsV1Api);
    await core.createNamespace({ body: { metadata: { name: namespace } } });
  });
  afterAll(async () => {
    await core?.deleteNamespace({ name: namespace });
    await cluster?.stop();
  });

  const deploy = (name: string, image: string, annotations: Record<string, string> = {}) =>
    apps.createNamespacedDeployment({
      namespace,
      body: {
        metadata: { name },
        spec: {
          selector: { matchLabels: { app: name } },
          template: {
            metadata: { labels: { app: name }, annotations },
            spec: { containers: [{ name: 'main', image }] },
          },
        },
      },
    });

  it('runs a pod, and meters it as its annotations say', async (context) => {
    if (cluster.metricsUrl === null) return context.skip();
    await deploy('metered', 'any/image:1', {
      'kwok.x-k8s.io/usage-memory': '64Mi',
      'tenantry.dev/network-sent-bps': '7000',
    });
    await vi.waitFor(
      async () => {
        const answer = await fetch(`${cluster.metricsUrl}/metrics/nodes/node-0/metrics/cadvisor`);
        const text = await answer.text();
        expect(text).toMatch(/container_memory_working_set_bytes\{.*pod="metered-.*\} 6\.7108864e\+07/);
        expect(text).toMatch(/container_network_transmit_bytes_total\{.*pod="metered-/);
      },
      { timeout: 120_000, interval: 500 },
    );
  });

  it('leaves a pod whose image is missing unready, with an event that says so', async (context) => {
    if (cluster.metricsUrl === null) return context.skip();
    await deploy('broken', 'missing.invalid/api:1');
    await vi.waitFor(
      async () => {
        const events = await core.listNamespacedEvent({ namespace });
        expect(events.items.map((event) => event.message)).toContain(
          'Failed to pull image: image not found in the registry missing.invalid',
        );
      },
      { timeout: 120_000, interval: 500 },
    );
    const status = await apps.readNamespacedDeploymentStatus({ namespace, name: 'broken' });
    expect(status.status?.readyReplicas ?? 0).toBe(0);
  });
});
