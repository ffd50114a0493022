/**
 * Reads rendered network policies as a network plug-in would: may this peer open a connection to that one? Owns the part
 * of the NetworkPolicy API that the chart uses; anything else in a policy throws, so that it cannot be read as harmless.
 */
import { BlockList, isIPv6 } from 'node:net';
import type { V1Deployment, V1NetworkPolicyPeer, V1NetworkPolicyPort } from '@kubernetes/client-node';
import { type Manifest, pick } from './helm.ts';

/** Namespace of the example customer. */
export const customerNamespace = 'customer-b4c867f4';

interface Rule {
  from?: V1NetworkPolicyPeer[];
  to?: V1NetworkPolicyPeer[];
  ports?: V1NetworkPolicyPort[];
}
/** A NetworkPolicy as YAML has it (the client's own type calls `from` `_from`), in the namespace it was made in. */
export interface Policy {
  namespace: string;
  spec: {
    podSelector: { matchLabels?: Record<string, string> };
    policyTypes: string[];
    ingress?: Rule[];
    egress?: Rule[];
  };
}

/** A pod (with its namespace, labels and named ports) or an address outside the cluster's pods. */
export interface Peer {
  name: string;
  namespace?: string;
  labels?: Record<string, string>;
  ports?: Record<string, number>;
  ip?: string;
}
export interface Connection {
  port: number;
  protocol: 'TCP' | 'UDP';
}

/** The policies among rendered objects, in the namespace that they are installed in. */
export const policiesOf = (objects: Manifest[], namespace = customerNamespace): Policy[] =>
  objects
    .filter(({ kind }) => kind === 'NetworkPolicy')
    .map((object) => ({ ...(object as unknown as Policy), namespace }));

/** A pod of a rendered workload. */
export function podOf(objects: Manifest[], kind: string, part: string, namespace = customerNamespace): Peer {
  const { template } = pick<V1Deployment>(objects, kind, part).spec ?? {};
  const containers = template?.spec?.containers ?? [];
  const ports = containers.flatMap((one) => (one.ports ?? []).map(({ name, containerPort }) => [name, containerPort]));
  return { name: part, namespace, labels: template?.metadata?.labels ?? {}, ports: Object.fromEntries(ports) };
}

const labelsMatch = (wanted: Record<string, string> | undefined, labels: Record<string, string>): boolean =>
  Object.entries(wanted ?? {}).every(([name, value]) => labels[name] === value);

/** An IPv4 address is in no IPv6 block: BlockList alone would find it in ::/0, as a mapped one. */
export const inBlocks = (cidrs: readonly string[], ip: string): boolean =>
  cidrs.some((cidr) => {
    const [network = '', bits] = cidr.split('/');
    if (isIPv6(network) !== isIPv6(ip)) return false;
    const family = isIPv6(ip) ? 'ipv6' : 'ipv4';
    const block = new BlockList();
    block.addSubnet(network, Number(bits), family);
    return block.check(ip, family);
  });

function peerMatches(rule: V1NetworkPolicyPeer, policyNamespace: string, peer: Peer): boolean {
  if (rule.podSelector?.matchExpressions || rule.namespaceSelector?.matchExpressions)
    throw new Error('matchExpressions are not read here');
  if (rule.ipBlock)
    return (
      peer.ip !== undefined && inBlocks([rule.ipBlock.cidr], peer.ip) && !inBlocks(rule.ipBlock.except ?? [], peer.ip)
    );
  if (peer.namespace === undefined) return false;
  const inNamespace = rule.namespaceSelector
    ? labelsMatch(rule.namespaceSelector.matchLabels, { 'kubernetes.io/metadata.name': peer.namespace })
    : peer.namespace === policyNamespace;
  return inNamespace && labelsMatch(rule.podSelector?.matchLabels, peer.labels ?? {});
}

const portMatches = (rule: V1NetworkPolicyPort, to: Peer, { port, protocol }: Connection): boolean => {
  if (rule.endPort !== undefined) throw new Error('port ranges are not read here');
  const number = typeof rule.port === 'string' ? to.ports?.[rule.port] : rule.port;
  return (rule.protocol ?? 'TCP') === protocol && (rule.port === undefined || number === port);
};

/** A side without a policy is open; with one, only what a rule names; a rule without peers or ports means all of them. */
function sideAllows(policies: Policy[], side: 'Ingress' | 'Egress', from: Peer, to: Peer, how: Connection): boolean {
  const [own, other] = side === 'Ingress' ? [to, from] : [from, to];
  const selecting = policies.filter(
    ({ namespace, spec }) =>
      namespace === own.namespace &&
      spec.policyTypes.includes(side) &&
      labelsMatch(spec.podSelector.matchLabels, own.labels ?? {}),
  );
  if (selecting.length === 0) return true;
  return selecting.some(({ namespace, spec }) =>
    (side === 'Ingress' ? spec.ingress : spec.egress)?.some(({ from: sources, to: targets, ports }) => {
      const peers = (side === 'Ingress' ? sources : targets) ?? [];
      return (
        (peers.length === 0 || peers.some((rule) => peerMatches(rule, namespace, other))) &&
        (!ports?.length || ports.some((rule) => portMatches(rule, to, how)))
      );
    }),
  );
}

/** Whether `from` may open a connection to `to`: its own side lets it out and the other side lets it in. */
export const mayConnect = (policies: Policy[], from: Peer, to: Peer, how: Connection): boolean =>
  sideAllows(policies, 'Egress', from, to, how) && sideAllows(policies, 'Ingress', from, to, how);
