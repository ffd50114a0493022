/**
 * Which connections there are on a real node, and which the policies that are installed there allow: every pod of a stack, another
 * customer's and the ingress controller's, to every port on which a pod of the stack listens, and the stack's to the other customer's and
 * to what is beside the pods.
 */
import { mayConnect, type Peer, policiesOf } from '../charts/network-policies.ts';
import type { TestNode } from '../harness/node.ts';
import { ingress, namespace, neighbour } from './stack.ts';

interface Target {
  name: string;
  ip: string;
  port: number;
}
interface Found {
  from: string;
  reaches: string[];
  allowed: string[];
}

type PodJson = {
  metadata: { name: string; namespace: string; labels?: Record<string, string>; deletionTimestamp?: string };
  spec: { containers: { name: string; ports?: { name: string; containerPort: number }[] }[] };
  status: { podIP?: string };
};
type Seen = Peer & { pod: string; container: string; ip: string; namespace: string };

/** All at once, for a closed one takes its two seconds. */
const connect = `
  for target in "$@"; do
    ( nc -w 2 "\${target%:*}" "\${target##*:}" -e /bin/true > /dev/null 2>&1 && echo "$target" ) &
  done
  wait`;

async function podsOf(node: TestNode, at: string): Promise<Seen[]> {
  const { items } = JSON.parse(await node.kubectl('-n', at, 'get', 'pods', '-o', 'json')) as { items: PodJson[] };
  return items
    .filter(({ metadata }) => metadata.deletionTimestamp === undefined)
    .map(({ metadata, spec, status }) => {
      const ports = spec.containers.flatMap((one) => one.ports ?? []);
      return {
        name: metadata.labels?.['app.kubernetes.io/component'] ?? metadata.name,
        namespace: at,
        labels: metadata.labels ?? {},
        ports: Object.fromEntries(ports.map(({ name, containerPort }) => [name, containerPort])),
        pod: metadata.name,
        container: spec.containers[0]?.name ?? '',
        ip: status.podIP ?? '',
      };
    });
}

/** @param beside what is no pod of the stack */
export async function connections(node: TestNode, beside: Target[]): Promise<Found[]> {
  const own = (await podsOf(node, namespace)).sort((a, b) => a.name.localeCompare(b.name));
  const [other] = await podsOf(node, neighbour.namespace);
  const [controller] = await podsOf(node, ingress.namespace);
  if (!other || !controller) throw new Error('there are no pods to look from');
  const next = { ...other, name: 'neighbour' };
  const sources = [...own, next, { ...controller, name: 'ingress controller' }];
  const objects = JSON.parse(await node.kubectl('-n', namespace, 'get', 'networkpolicies', '-o', 'json'));
  const policies = policiesOf(objects.items, namespace);
  const listening = [...own, next].flatMap((pod) =>
    Object.values(pod.ports ?? {}).map((port) => ({ to: pod as Peer, name: pod.name, ip: pod.ip, port })),
  );
  const targets = [
    ...listening,
    ...beside.map((target) => ({ to: { name: target.name, ip: target.ip } as Peer, ...target })),
  ];
  return await Promise.all(
    sources.map(async (from) => {
      const isOwn = from.namespace === namespace;
      // Whoever is not of the stack may go where it likes beside it.
      const looked = targets.filter(({ to }) => to.name !== from.name && (isOwn || to.namespace === namespace));
      const places = looked.map(({ ip, port }) => `${ip}:${port}`);
      const answer = await node.kubectl(
        '-n',
        from.namespace,
        'exec',
        from.pod,
        '-c',
        from.container,
        '--',
        'sh',
        '-c',
        connect,
        'sh',
        ...places,
      );
      const open = new Set(answer.trim().split('\n'));
      const say = ({ name, port }: Target) => `${name}:${port}`;
      return {
        from: from.name,
        reaches: looked.filter(({ ip, port }) => open.has(`${ip}:${port}`)).map(say),
        allowed: looked.filter(({ to, port }) => mayConnect(policies, from, to, { port, protocol: 'TCP' })).map(say),
      };
    }),
  );
}
