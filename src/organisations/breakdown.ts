/** A project's cost by kind of resource, as the overview shows it: meters fall into kinds, and the kinds add up to all. Pure. */
import type { ListRate } from '../pricing/list-rates.ts';

const kinds = ['cpu', 'memory', 'storage', 'network', 'public_ip', 'request', 'other'] as const;
export type CostKind = (typeof kinds)[number];

const kindOf: Readonly<Record<string, CostKind>> = {
  cpu_core_ms: 'cpu',
  memory_mib_s: 'memory',
  storage_mib_s: 'storage',
  network_sent_bytes: 'network',
  network_received_bytes: 'network',
  ip_s: 'public_ip',
  ingress_requests: 'request',
};

/** Cents by kind. @param cents by place of the rate */
export function breakdownOf(rates: readonly ListRate[], cents: readonly number[]): Record<CostKind, number> {
  const all = Object.fromEntries(kinds.map((kind) => [kind, 0])) as Record<CostKind, number>;
  for (const [r, { meter }] of rates.entries()) all[kindOf[meter] ?? 'other'] += cents[r] ?? 0;
  return all;
}

/** Whether the list asks money for more than the named kinds. */
export const pricesOther = (rates: readonly ListRate[]): boolean =>
  rates.some(({ meter, cents }) => kindOf[meter] === undefined && cents.over > 0n);

/** The meters of what computes: their cost is the overview's `compute_instances.cost_per_hour`. */
export const computeMeters: readonly string[] = ['cpu_core_ms', 'memory_mib_s', 'vm_s'];
