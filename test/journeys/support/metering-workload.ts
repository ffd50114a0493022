/**
 * A customer's namespace with known usage: the pods of the chart, a shop of the customer's own, and a batch pod that
 * comes and goes. The numbers are far above what the quota would let such pods use, so that a few minutes cost whole cents
 * at list prices; only kwok believes them. What the pods request is within the quota, and they obey Pod Security.
 */
import { PatchStrategy, setHeaderOptions, type V1Pod, type V1PodTemplateSpec } from '@kubernetes/client-node';
import type { Kube } from '../../../bench/support/kube.ts';
import { annotationsOf, type Claim, type Life, type Usage, type Workload } from './metering-truth.ts';

const usages = {
  api: { cores: 20, memoryGib: 100, sentBps: 20_000_000, receivedBps: 4_000_000, requestsPerSecond: 3000 },
  postgres: { cores: 30, memoryGib: 300, sentBps: 1_000_000, receivedBps: 2_000_000, requestsPerSecond: 0 },
  mosquitto: { cores: 6, memoryGib: 40, sentBps: 3_000_000, receivedBps: 5_000_000, requestsPerSecond: 0 },
  redis: { cores: 3, memoryGib: 80, sentBps: 700_000, receivedBps: 900_000, requestsPerSecond: 0 },
  dashboard: { cores: 2, memoryGib: 20, sentBps: 400_000, receivedBps: 100_000, requestsPerSecond: 0 },
  shop: { cores: 25, memoryGib: 200, sentBps: 10_000_000, receivedBps: 6_000_000, requestsPerSecond: 2000 },
  batch: { cores: 10, memoryGib: 60, sentBps: 4_000_000, receivedBps: 3_000_000, requestsPerSecond: 500 },
} satisfies Record<string, Usage>;
/** Of the chart, the customer's. */
const billed = ['api', 'postgres', 'mosquitto', 'redis', 'dashboard'] as const;
/** Of the chart, ours and not the customer's: were one billed, every line would be far off. */
const ours = ['billing-exporter', 'mosquitto-exporter', 'opencost'];
const ourUsage: Usage = { ...usages.postgres, cores: 500, memoryGib: 2000, sentBps: 90_000_000 };

const stored: Record<string, number> = { postgres: 2000, mosquitto: 150, redis: 80 };
const [shopGib, batchGib] = [1000, 500];
const shopReplicas = 2;
const claimSize = '1Gi';

const podSpec = (claim: string): NonNullable<V1PodTemplateSpec['spec']> => ({
  automountServiceAccountToken: false,
  securityContext: { runAsNonRoot: true, runAsUser: 1000, seccompProfile: { type: 'RuntimeDefault' } },
  containers: [
    {
      name: 'main',
      image: 'registry.example.com/customer/app:1',
      securityContext: { allowPrivilegeEscalation: false, capabilities: { drop: ['ALL'] } },
      volumeMounts: [{ name: 'data', mountPath: '/data' }],
    },
  ],
  volumes: [{ name: 'data', persistentVolumeClaim: { claimName: claim } }],
});

const makeClaim = (kube: Kube, namespace: string, name: string) =>
  kube.core.createNamespacedPersistentVolumeClaim({
    namespace,
    body: {
      metadata: { name },
      spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: claimSize } } },
    },
  });

const partOf = (pod: V1Pod): string | undefined => pod.metadata?.labels?.['app.kubernetes.io/component'];
const bornMs = (pod: V1Pod): number => pod.metadata?.creationTimestamp?.getTime() ?? Number.NaN;

async function annotate(kube: Kube, pod: V1Pod, usage: Usage, claim?: Claim): Promise<void> {
  const { name = '', namespace = '' } = pod.metadata ?? {};
  await kube.core.patchNamespacedPod(
    { name, namespace, body: { metadata: { annotations: annotationsOf(usage, claim) } } },
    setHeaderOptions('Content-Type', PatchStrategy.MergePatch),
  );
}

function fail(pod: V1Pod): never {
  throw new Error(`the chart runs ${pod.metadata?.name}, whose usage or storage nobody has set`);
}

/** Sets what the pods of the chart use. Their counters jump: measure only after a scrape that has seen it. */
async function annotateStack(kube: Kube, namespace: string): Promise<Workload> {
  const { items } = await kube.core.listNamespacedPod({ namespace });
  const found: Workload = { pods: [], claims: [] };
  for (const pod of items) {
    const part = partOf(pod) ?? '';
    if (ours.includes(part)) {
      await annotate(kube, pod, ourUsage);
      continue;
    }
    const usage = usages[billed.find((one) => one === part) ?? fail(pod)];
    const name = pod.spec?.volumes?.find((v) => v.persistentVolumeClaim)?.persistentVolumeClaim?.claimName;
    const usedGib = stored[part];
    if ((name === undefined) !== (usedGib === undefined)) fail(pod);
    if (name !== undefined && usedGib !== undefined) {
      await annotate(kube, pod, usage, { name, usedGib });
      found.claims.push({ usedGib, bornMs: bornMs(pod) });
    } else await annotate(kube, pod, usage);
    // kwok gives each container of a pod what the pod's annotation says of CPU and memory, the network once.
    const each = pod.spec?.containers.length ?? 1;
    const whole = { ...usage, cores: usage.cores * each, memoryGib: usage.memoryGib * each };
    found.pods.push({ usage: whole, bornMs: bornMs(pod) });
  }
  if (items.length !== billed.length + ours.length)
    throw new Error(`${items.length} pods run, which are not the chart's`);
  return found;
}

/** Runs a Deployment whose pods share a claim, and waits until they run. */
async function runShop(kube: Kube, namespace: string, untilTrue: Until): Promise<Workload> {
  const labels = { app: 'shop' };
  await makeClaim(kube, namespace, 'shop-data');
  const annotations = annotationsOf(usages.shop, { name: 'shop-data', usedGib: shopGib });
  await kube.apps.createNamespacedDeployment({
    namespace,
    body: {
      metadata: { name: 'shop' },
      spec: {
        replicas: shopReplicas,
        selector: { matchLabels: labels },
        template: { metadata: { labels, annotations }, spec: podSpec('shop-data') },
      },
    },
  });
  const running = async () => {
    const { items } = await kube.core.listNamespacedPod({ namespace, labelSelector: 'app=shop' });
    return items.filter((pod) => pod.status?.phase === 'Running');
  };
  await untilTrue('the shop runs', async () => (await running()).length === shopReplicas);
  const pods = (await running()).map((pod) => ({ usage: usages.shop, bornMs: bornMs(pod) }));
  return { pods, claims: [{ usedGib: shopGib, bornMs: Math.max(...pods.map((pod) => pod.bornMs)) }] };
}

export type Until = (what: string, isTrue: () => Promise<boolean>) => Promise<void>;

/** Makes everything that lives from before the journey's windows to after them. */
export async function startWorkload(kube: Kube, namespace: string, untilTrue: Until): Promise<Workload> {
  const stack = await annotateStack(kube, namespace);
  const shop = await runShop(kube, namespace, untilTrue);
  await makeClaim(kube, namespace, 'batch-data');
  return { pods: [...stack.pods, ...shop.pods], claims: [...stack.claims, ...shop.claims] };
}

/** Bytes that the namespace's pods hold in memory, ours included, once Prometheus has seen all of the workload. */
export const memoryBytesShown = ({ pods }: Workload): number =>
  (ours.length * ourUsage.memoryGib + pods.reduce((sum, { usage }) => sum + usage.memoryGib, 0)) * 2 ** 30;

/** Starts the pod that comes; `end` ends it and answers what it was. */
export async function startBatch(kube: Kube, namespace: string): Promise<{ end(): Promise<Workload> }> {
  const claim = { name: 'batch-data', usedGib: batchGib };
  const metadata = { name: 'batch', annotations: annotationsOf(usages.batch, claim) };
  const pod = await kube.core.createNamespacedPod({ namespace, body: { metadata, spec: podSpec(claim.name) } });
  return {
    end: async () => {
      await kube.core.deleteNamespacedPod({ namespace, name: 'batch', gracePeriodSeconds: 0 });
      const life: Life = { bornMs: bornMs(pod), goneMs: Date.now() };
      return { pods: [{ ...life, usage: usages.batch }], claims: [{ ...life, usedGib: batchGib }] };
    },
  };
}
