/** Many pods, or many namespaces, for measuring the exporter itself; only a little history, to keep the samples few. */
import { type Bricks, between, container, ordinary, pod, target } from './build.ts';
import { type Case, hourMs, minuteMs, numbersOf, type Sample, type Target, type Volume } from './model.ts';

const scrapeMs = 30_000;
const historyMs = 15 * minuteMs;

/** `pods` pods of two containers each, on one node, alive throughout. */
export function crowdedDay(pods: number, fromMs: number, toMs: number): Case {
  const b = { fromMs, toMs, scrapeMs, random: numbersOf(pods) };
  const day = ordinary(b, 'crowd');
  const node = day.pods[0]?.node ?? '';
  const [oldMs, endMs] = [fromMs - 24 * hourMs, toMs + hourMs];
  day.pods = Array.from({ length: pods }, () =>
    pod(
      b,
      'api',
      node,
      oldMs,
      endMs,
      ['app', 'sidecar'].map((name) => container(b, name, oldMs, endMs)),
    ),
  );
  day.targets = day.targets.map((t) => ({
    ...t,
    good: t.good.filter((g) => g > fromMs - historyMs && g < Date.now()),
  }));
  return day;
}

/** Pods of a Starter's stack, with the containers of each, and its claims. */
const stack: Record<string, string[]> = {
  api: ['api'],
  'billing-exporter': ['billing-exporter'],
  dashboard: ['dashboard'],
  mosquitto: ['mosquitto'],
  'mosquitto-exporter': ['mosquitto-exporter'],
  opencost: ['opencost'],
  postgres: ['postgres', 'metrics'],
  redis: ['redis'],
};
const claims = ['data-mosquitto-0', 'data-postgres-0', 'data-redis-0'];
const namespacesANode = 12;
const phases = ['Pending', 'Running', 'Succeeded', 'Failed', 'Unknown'];

/** What the pod list says of a pod beside that it is there. */
function listed(sample: Sample): Sample[] {
  const { name, labels } = sample;
  if (name !== 'kube_pod_info') return [sample];
  const of = { job: labels['job'], instance: labels['instance'], namespace: labels['namespace'], pod: labels['pod'] };
  const said = (metric: string, more: Record<string, string>, value: number): Sample => ({
    ...sample,
    name: metric,
    labels: { ...(of as Record<string, string>), ...more },
    value,
  });
  return [
    sample,
    ...phases.map((phase) => said('kube_pod_status_phase', { phase }, phase === 'Running' ? 1 : 0)),
    said('kube_pod_container_status_running', { container: labels['pod']?.replace(/-[0-9a-f]+$/, '') ?? '' }, 1),
  ];
}

/** Without what no question of the exporter asks for: it would be most of the samples. */
const asked = ({ labels }: Sample): boolean =>
  labels['container'] !== 'POD' && !/^(lo|cali)/.test(labels['interface'] ?? '');

/**
 * A stack of eight pods in each of `namespaces` namespaces, alive throughout; twelve on a node, one list of pods and two ingress
 * controllers for all.
 */
export function crowdedCluster(namespaces: number, fromMs: number, toMs: number): Case[] {
  const b: Bricks = { fromMs, toMs, scrapeMs, random: numbersOf(namespaces) };
  const life = { startMs: fromMs - 24 * hourMs, endMs: toMs + hourMs };
  const looked = new Map<string, number[]>();
  const targetOf = (kind: Target['kind'], of: string): Target => {
    // One target of everybody's on a node: what it shows of itself is written once.
    const key = `${kind} ${of}`;
    const first = looked.get(key) === undefined;
    const made = target(b, kind, of);
    const good = looked.get(key) ?? made.good.filter((g) => g > fromMs - historyMs && g < Date.now());
    looked.set(key, good);
    const through = (sample: Sample): Sample[] => {
      if (!first && sample.labels['namespace'] === undefined) return [];
      return kind === 'podlist' ? listed(sample) : asked(sample) ? [sample] : [];
    };
    return { ...made, good, withoutUp: !first, through };
  };
  return Array.from({ length: namespaces }, (_, n) => {
    const node = `node-${Math.floor(n / namespacesANode)}`;
    const plain = ordinary(b, `crowd-${n}`);
    const controllers = ['nginx-a', 'nginx-b'];
    const volumes: Volume[] = claims.map((claim) => ({
      claim,
      node,
      ...life,
      used: { base: between(b, 1e8, 5e9), swing: 0.05, periodMs: hourMs, phase: 0 },
    }));
    return {
      ...plain,
      namespace: `customer-${n.toString(16).padStart(8, '0')}`,
      pods: Object.entries(stack).map(([name, containers]) =>
        pod(
          b,
          name,
          node,
          life.startMs,
          life.endMs,
          containers.map((one) => container(b, one, life.startMs, life.endMs)),
        ),
      ),
      volumes,
      ingress: plain.ingress.map((one, i) => ({ ...one, controller: controllers[i] ?? '' })),
      targets: [
        targetOf('cadvisor', node),
        targetOf('kubelet', node),
        targetOf('podlist', 'ksm'),
        ...controllers.map((of) => targetOf('ingress', of)),
      ],
    };
  });
}
