/**
 * Every block of IANA's special-purpose registries (IPv4: updated 2024-10, IPv6: 2025-10), the multicast and reserved blocks of its
 * address space registries, and the addresses that clouds answer on: nowhere among them is a billing API. A block that the
 * registry lists inside another one (Teredo in 2001::/23) has a row of its own, because the policies may be written another way.
 */
import { isIPv6 } from 'node:net';

/** `[block, what it is for]`. */
export const specialBlocks: readonly (readonly [string, string])[] = [
  ['0.0.0.0/8', 'this network, RFC 791'],
  ['0.0.0.0/32', 'this host on this network, RFC 1122'],
  ['10.0.0.0/8', 'private use, RFC 1918'],
  ['100.64.0.0/10', 'shared address space, RFC 6598'],
  ['127.0.0.0/8', 'loopback, RFC 1122'],
  ['169.254.0.0/16', 'link-local, RFC 3927'],
  ['172.16.0.0/12', 'private use, RFC 1918'],
  ['192.0.0.0/24', 'IETF protocol assignments, RFC 6890'],
  ['192.0.0.0/29', 'IPv4 service continuity, RFC 7335'],
  ['192.0.0.8/32', 'IPv4 dummy address, RFC 7600'],
  ['192.0.0.9/32', 'port control protocol anycast, RFC 7723'],
  ['192.0.0.10/32', 'TURN anycast, RFC 8155'],
  ['192.0.0.170/32', 'NAT64/DNS64 discovery, RFC 7050'],
  ['192.0.0.171/32', 'NAT64/DNS64 discovery, RFC 7050'],
  ['192.0.2.0/24', 'documentation, RFC 5737'],
  ['192.31.196.0/24', 'AS112-v4, RFC 7535'],
  ['192.52.193.0/24', 'AMT, RFC 7450'],
  ['192.88.99.0/24', '6to4 relay anycast, RFC 7526'],
  ['192.88.99.2/32', '6a44 relay anycast, RFC 6751'],
  ['192.168.0.0/16', 'private use, RFC 1918'],
  ['192.175.48.0/24', 'direct delegation AS112, RFC 7534'],
  ['198.18.0.0/15', 'benchmarking, RFC 2544'],
  ['198.51.100.0/24', 'documentation, RFC 5737'],
  ['203.0.113.0/24', 'documentation, RFC 5737'],
  ['224.0.0.0/4', 'multicast, RFC 5771'],
  ['240.0.0.0/4', 'reserved, RFC 1112'],
  ['255.255.255.255/32', 'limited broadcast, RFC 919'],
  ['::1/128', 'loopback, RFC 4291'],
  ['::/128', 'unspecified, RFC 4291'],
  ['::/96', 'IPv4-compatible, RFC 4291'],
  ['::ffff:0:0/96', 'IPv4-mapped, RFC 4291'],
  ['64:ff9b::/96', 'NAT64, RFC 6052'],
  ['64:ff9b:1::/48', 'NAT64 for local use, RFC 8215'],
  ['100::/64', 'discard-only, RFC 6666'],
  ['100:0:0:1::/64', 'dummy prefix, RFC 9780'],
  ['2001::/23', 'IETF protocol assignments, RFC 2928'],
  ['2001::/32', 'Teredo, RFC 4380'],
  ['2001:1::1/128', 'port control protocol anycast, RFC 7723'],
  ['2001:1::2/128', 'TURN anycast, RFC 8155'],
  ['2001:1::3/128', 'DNS-SD service registration anycast, RFC 9665'],
  ['2001:2::/48', 'benchmarking, RFC 5180'],
  ['2001:3::/32', 'AMT, RFC 7450'],
  ['2001:4:112::/48', 'AS112-v6, RFC 7535'],
  ['2001:10::/28', 'ORCHID, RFC 4843'],
  ['2001:20::/28', 'ORCHIDv2, RFC 7343'],
  ['2001:30::/28', 'drone remote ids, RFC 9374'],
  ['2001:db8::/32', 'documentation, RFC 3849'],
  ['2002::/16', '6to4, RFC 3056'],
  ['2620:4f:8000::/48', 'direct delegation AS112, RFC 7534'],
  ['3fff::/20', 'documentation, RFC 9637'],
  ['5f00::/16', 'segment routing ids, RFC 9602'],
  ['fc00::/7', 'unique local, RFC 4193'],
  ['fe80::/10', 'link-local, RFC 4291'],
  ['fec0::/10', 'site-local, deprecated, RFC 3879'],
  ['ff00::/8', 'multicast, RFC 4291'],
];

/** `[address, whose]`: who may ask there gets the node's keys or its configuration. */
export const metadataAddresses: readonly (readonly [string, string])[] = [
  ['169.254.169.254', 'AWS, Azure, Google, DigitalOcean, Hetzner, OpenStack and others'],
  ['169.254.170.2', 'AWS, credentials of a task'],
  ['169.254.170.23', 'AWS, credentials of a pod'],
  ['fd00:ec2::254', 'AWS'],
  ['fd00:ec2::23', 'AWS, credentials of a pod'],
  ['168.63.129.16', 'Azure, wire server'],
  ['fd20:ce::254', 'Google'],
  ['100.100.100.200', 'Alibaba Cloud'],
  ['192.0.0.192', 'Oracle Cloud'],
  ['169.254.42.42', 'Scaleway'],
  ['fd00:42::42', 'Scaleway'],
  ['169.254.0.23', 'Tencent Cloud'],
  ['fe80::a9fe:a9fe', 'OpenStack'],
  ['64:ff9b::a9fe:a9fe', '169.254.169.254 by NAT64'],
  ['2002:a9fe:a9fe::1', '169.254.169.254 by 6to4'],
  ['::ffff:169.254.169.254', '169.254.169.254, mapped'],
];

const bitsOf = (address: string): number => (isIPv6(address) ? 128 : 32);

/** An IPv4 or IPv6 address (without a dotted part) as a number. */
function toNumber(address: string): bigint {
  if (!isIPv6(address)) return address.split('.').reduce((sum, part) => sum * 256n + BigInt(part), 0n);
  const [head = '', tail] = address.split('::').map((half) => half.split(':').filter((group) => group !== ''));
  const left = head === '' ? [] : head;
  const right = tail ?? [];
  const groups = [...left, ...Array<string>(8 - left.length - right.length).fill('0'), ...right];
  return groups.reduce((sum, group) => sum * 65_536n + BigInt(`0x${group}`), 0n);
}

function toAddress(value: bigint, bits: number): string {
  const [parts, width] = bits === 32 ? [4, 8n] : [8, 16n];
  const values = Array.from(
    { length: parts },
    (_, index) => (value >> (width * BigInt(parts - 1 - index))) % 2n ** width,
  );
  return bits === 32 ? values.join('.') : values.map((group) => group.toString(16)).join(':');
}

/** First and last address of a block, and the addresses right before and after it where there are any. */
export function edgesOf(block: string): { inside: string[]; beside: string[] } {
  const [network = '', length] = block.split('/');
  const bits = bitsOf(network);
  const first = toNumber(network);
  const last = first + 2n ** BigInt(bits - Number(length)) - 1n;
  const beside = [first - 1n, last + 1n].filter((value) => value >= 0n && value < 2n ** BigInt(bits));
  return {
    inside: [first, last].map((value) => toAddress(value, bits)),
    beside: beside.map((value) => toAddress(value, bits)),
  };
}
