/**
 * The kind ServiceMonitor, for clusters of tests: the fields of the Prometheus operator's CustomResourceDefinition that charts/ uses, as
 * strict as they are there. Owns putting it into a cluster, and waiting until the cluster serves it.
 */
import { ApiextensionsV1Api, CustomObjectsApi, type KubeConfig } from '@kubernetes/client-node';
import { vi } from 'vitest';

const [group, version, plural] = ['monitoring.coreos.com', 'v1', 'servicemonitors'] as const;
const name = `${plural}.${group}`;
const text = { type: 'string' };
const labels = { type: 'object', additionalProperties: text };
/** As the operator has it: 30s, 1m30s, 0. */
const duration = '^(0|(([0-9]+)y)?(([0-9]+)w)?(([0-9]+)d)?(([0-9]+)h)?(([0-9]+)m)?(([0-9]+)s)?(([0-9]+)ms)?)$';

const spec = {
  type: 'object',
  required: ['endpoints', 'selector'],
  properties: {
    endpoints: {
      type: 'array',
      items: {
        type: 'object',
        properties: { port: text, path: text, interval: { ...text, pattern: duration } },
      },
    },
    selector: { type: 'object', properties: { matchLabels: labels } },
  },
};

/** Has the cluster know the kind; what answers takes it away again. */
export async function addServiceMonitors(config: KubeConfig): Promise<() => Promise<void>> {
  const extensions = config.makeApiClient(ApiextensionsV1Api);
  await extensions.createCustomResourceDefinition({
    body: {
      metadata: { name },
      spec: {
        group,
        scope: 'Namespaced',
        names: { kind: 'ServiceMonitor', listKind: 'ServiceMonitorList', plural, singular: 'servicemonitor' },
        versions: [
          {
            name: version,
            served: true,
            storage: true,
            schema: { openAPIV3Schema: { type: 'object', required: ['spec'], properties: { spec } } },
          },
        ],
      },
    },
  });
  await vi.waitFor(() => serviceMonitors(config, 'default'), { timeout: 60_000, interval: 50 });
  return async () => {
    await extensions.deleteCustomResourceDefinition({ name });
  };
}

/** Names of those of a namespace, sorted. Throws where the cluster does not know the kind. */
export async function serviceMonitors(config: KubeConfig, namespace: string): Promise<string[]> {
  const list = { group, version, namespace, plural };
  const { items } = await config.makeApiClient(CustomObjectsApi).listNamespacedCustomObject(list);
  return (items as { metadata: { name: string } }[]).map(({ metadata }) => metadata.name).toSorted();
}
