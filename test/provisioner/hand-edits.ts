/** What people and other controllers do to a customer's objects behind the release's back, each by the writer's own name. */
import {
  type AppsV1Api,
  type CoreV1Api,
  type KubeConfig,
  KubernetesObjectApi,
  PatchStrategy,
  setHeaderOptions,
} from '@kubernetes/client-node';
import type { FakeDeployment } from './fake-job.ts';

export type Hands = { core: CoreV1Api; apps: AppsV1Api; objects: KubernetesObjectApi };
export const handsOf = (config: KubeConfig, core: CoreV1Api, apps: AppsV1Api): Hands => ({
  core,
  apps,
  objects: KubernetesObjectApi.makeApiClient(config),
});

type Edit = {
  what: string;
  /** The object that it is done to, of the shipped chart. */
  object: (on: FakeDeployment) => string;
  does: (hands: Hands, on: FakeDeployment) => Promise<unknown>;
};

const part = (on: FakeDeployment, component: string) => ({
  name: `${on.release}-customer-instance-${component}`,
  namespace: on.namespace,
});
const merge = setHeaderOptions('Content-Type', PatchStrategy.MergePatch);
const strategic = setHeaderOptions('Content-Type', PatchStrategy.StrategicMergePatch);
const objectOf = (kind: string, component: string) => (on: FakeDeployment) => `${kind}/${part(on, component).name}`;

export const handEdits: Edit[] = [
  {
    what: 'kubectl scale of the api',
    object: objectOf('Deployment', 'api'),
    does: ({ apps }, on) =>
      apps.patchNamespacedDeploymentScale(
        { ...part(on, 'api'), body: { spec: { replicas: 3 } }, fieldManager: 'kubectl' },
        merge,
      ),
  },
  {
    what: 'an autoscaler’s write',
    object: objectOf('Deployment', 'api'),
    does: ({ apps }, on) =>
      apps.patchNamespacedDeploymentScale(
        { ...part(on, 'api'), body: { spec: { replicas: 2 } }, fieldManager: 'kube-controller-manager' },
        merge,
      ),
  },
  {
    what: 'kubectl scale of the database',
    object: objectOf('StatefulSet', 'postgres'),
    does: ({ apps }, on) =>
      apps.patchNamespacedStatefulSetScale(
        { ...part(on, 'postgres'), body: { spec: { replicas: 2 } }, fieldManager: 'kubectl' },
        merge,
      ),
  },
  {
    what: 'kubectl set image',
    object: objectOf('Deployment', 'api'),
    does: ({ apps }, on) => {
      const containers = [{ name: 'api', image: 'registry.example.com/other:9' }];
      const body = { spec: { template: { spec: { containers } } } };
      return apps.patchNamespacedDeployment({ ...part(on, 'api'), body, fieldManager: 'kubectl-set' }, strategic);
    },
  },
  {
    what: 'kubectl edit of the quota',
    object: objectOf('ResourceQuota', 'quota'),
    does: ({ core }, on) => {
      const body = { spec: { hard: { 'limits.cpu': '100m', 'requests.cpu': '50m', pods: '0' } } };
      return core.patchNamespacedResourceQuota({ ...part(on, 'quota'), body, fieldManager: 'kubectl-edit' }, merge);
    },
  },
  {
    what: 'kubectl apply --server-side --force-conflicts of the configuration',
    object: objectOf('ConfigMap', 'api'),
    does: ({ objects }, on) =>
      objects.patch(
        {
          apiVersion: 'v1',
          kind: 'ConfigMap',
          metadata: part(on, 'api'),
          data: { COMPANY_NAME: 'Somebody' },
        } as object,
        undefined,
        undefined,
        'kubectl',
        true,
        PatchStrategy.ServerSideApply,
      ),
  },
  {
    what: 'kubectl delete of the api',
    object: objectOf('Deployment', 'api'),
    does: ({ apps }, on) => apps.deleteNamespacedDeployment(part(on, 'api')),
  },
  {
    what: 'a Service made anew with an address that cannot be changed',
    object: objectOf('Service', 'postgres'),
    does: async ({ core }, on) => {
      await core.deleteNamespacedService(part(on, 'postgres'));
      const body = { metadata: part(on, 'postgres'), spec: { ports: [{ port: 5432 }], selector: { any: 'thing' } } };
      await core.createNamespacedService({ namespace: on.namespace, body });
    },
  },
];
