/** FOCUS's words for what is metered: units as its unit format writes them, service categories of its closed list. Pure. */

/** One of FOCUS's categories, and a subcategory that belongs to it. */
interface Service {
  category: string;
  subcategory: string;
}

const compute: Service = { category: 'Compute', subcategory: 'Containers' };
const storage: Service = { category: 'Storage', subcategory: 'Block Storage' };
const network: Service = { category: 'Networking', subcategory: 'Network Connectivity' };

const services: Readonly<Record<string, Service>> = {
  cpu_core_ms: compute,
  memory_mib_s: compute,
  vm_s: { category: 'Compute', subcategory: 'Virtual Machines' },
  storage_mib_s: storage,
  postgres_mib_s: { category: 'Databases', subcategory: 'Relational Databases' },
  network_sent_bytes: network,
  network_received_bytes: network,
  mqtt_bytes: network,
  http_bytes: network,
  ip_s: network,
  ingress_requests: { category: 'Networking', subcategory: 'Application Networking' },
};

/** Meters of the operator's own, and what has no category of its own. */
const other: Service = { category: 'Other', subcategory: 'Other (Other)' };

export const serviceOf = (meter: string): Service => services[meter] ?? other;

const capital = (word: string): string => word.charAt(0).toUpperCase() + word.slice(1);

/** `GB-hour` is `GiB-Hours`, `request` `Requests`: our GB is 2^30 bytes, and FOCUS calls those GiB. */
export function unitOf(unit: string): string {
  const [thing = '', time] = unit.split('-');
  const named = thing === 'GB' ? 'GiB' : capital(thing);
  if (time !== undefined) return `${named}-${capital(time)}s`;
  return named === 'GiB' ? named : `${named}s`;
}

/** Names that a program which guesses types reads as a number, a truth value or nothing. */
const misread = /^[\s\d.,+\-eE_:/]*$|^(?:nan|na|n\/a|null|none|nil|true|false|[+-]?inf(?:inity)?|<na>|#n\/a)$/i;

/** A name for people that no reader of CSV takes for anything but text: with what it is the name of, where one would. */
export const displayName = (name: string, id: string): string => (misread.test(name.trim()) ? `${name} (${id})` : name);
