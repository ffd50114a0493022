/**
 * The catalogue of quantities: wire field, stored column, base unit, bit and meter of each. Data only.
 * Bits are for ever (they stand in ownership masks, `missing` masks and stored arrays): append, never renumber.
 */
import type { QuantityField } from '../contracts/usage.ts';

/**
 * How a quantity adds up over windows: `sum` adds; `average` is stored as its integral over the window's seconds and
 * shown as the average; `peak` is the highest.
 */
export type QuantityKind = 'sum' | 'average' | 'peak';

export interface Quantity {
  field: QuantityField;
  column: string;
  /** What a reporter owns and a price list prices. Two quantities may be one meter (bytes in and out). */
  meter: string;
  bit: number;
  kind: QuantityKind;
  /** Stored base units in one wire unit; for `average` in one wire unit over one second. */
  baseUnits: number;
}

const msPerHour = 3_600_000;
const secondsPerHour = 3600;
const mibPerGb = 1024;
const micros = 1_000_000;

type Entry = readonly [QuantityField, string, string, QuantityKind, number];

/** In the order of their bits. */
const entries: readonly Entry[] = [
  ['cpu_hours', 'cpu_core_ms', 'cpu_core_ms', 'sum', msPerHour],
  ['memory_gb_hours', 'memory_mib_s', 'memory_mib_s', 'sum', mibPerGb * secondsPerHour],
  ['storage_used_gb', 'storage_mib_s', 'storage_mib_s', 'average', mibPerGb],
  ['network_bytes_sent', 'network_sent_bytes', 'network_sent_bytes', 'sum', 1],
  ['network_bytes_received', 'network_received_bytes', 'network_received_bytes', 'sum', 1],
  ['http_requests', 'ingress_requests', 'ingress_requests', 'sum', 1],
  ['api_calls', 'api_calls', 'api_calls', 'sum', 1],
  ['mqtt_bytes_sent', 'mqtt_sent_bytes', 'mqtt_bytes', 'sum', 1],
  ['mqtt_bytes_received', 'mqtt_received_bytes', 'mqtt_bytes', 'sum', 1],
  ['http_bytes_sent', 'http_sent_bytes', 'http_bytes', 'sum', 1],
  ['http_bytes_received', 'http_received_bytes', 'http_bytes', 'sum', 1],
  ['active_devices', 'device_peak', 'device_peak', 'peak', 1],
  ['total_devices', 'device_total', 'device_total', 'peak', 1],
  ['mqtt_messages_published', 'mqtt_published', 'mqtt_messages', 'sum', 1],
  ['mqtt_messages_received', 'mqtt_received', 'mqtt_messages', 'sum', 1],
  ['postgres_size_mb', 'postgres_mib_s', 'postgres_mib_s', 'average', 1],
  ['postgres_row_count', 'postgres_rows', 'postgres_rows', 'peak', 1],
  ['postgres_transactions', 'postgres_transactions', 'postgres_transactions', 'sum', 1],
  ['storage_capacity_gb', 'storage_capacity_mib_s', 'storage_capacity_mib_s', 'average', mibPerGb],
  ['running_pods', 'pod_s', 'pod_s', 'average', 1],
  ['running_vms', 'vm_s', 'vm_s', 'average', 1],
  ['public_ips', 'ip_s', 'ip_s', 'average', 1],
  ['cost_cpu', 'cost_cpu_microusd', 'cost_cpu', 'sum', micros],
  ['cost_memory', 'cost_memory_microusd', 'cost_memory', 'sum', micros],
  ['cost_storage', 'cost_storage_microusd', 'cost_storage', 'sum', micros],
  ['cost_network', 'cost_network_microusd', 'cost_network', 'sum', micros],
];

export const quantities: readonly Quantity[] = entries.map(([field, column, meter, kind, baseUnits], bit) => ({
  field,
  column,
  meter,
  bit,
  kind,
  baseUnits,
}));

export const quantityOf: ReadonlyMap<string, Quantity> = new Map(quantities.map((q) => [q.field, q]));

/** What a namespace costs us (OpenCost): shown to admins only. */
export const ownCostFields: readonly QuantityField[] = ['cost_cpu', 'cost_memory', 'cost_storage', 'cost_network'];

const maskOf = (chosen: readonly Quantity[]): number => chosen.reduce((mask, q) => mask | (1 << q.bit), 0);

/** All meters' bits. */
export const everyMeter: number = maskOf(quantities);

/** Each meter's bits, in the catalogue's order. */
const meterMasks: ReadonlyMap<string, number> = new Map(
  quantities.map((q) => [q.meter, maskOf(quantities.filter((other) => other.meter === q.meter))]),
);

const meterNames: readonly string[] = [...meterMasks.keys()];

/** The mask of some meters by name; null names the first that does not exist. */
export function maskOfMeters(names: readonly string[]): { mask: number } | { unknown: string } {
  let mask = 0;
  for (const name of names) {
    const bits = meterMasks.get(name);
    if (bits === undefined) return { unknown: name };
    mask |= bits;
  }
  return { mask };
}

/** The names of the meters in a mask. */
export const metersOfMask = (mask: number): string[] =>
  meterNames.filter((name) => ((meterMasks.get(name) ?? 0) & mask) !== 0);

/** The wire fields whose bits are set. */
export const fieldsOfMask = (mask: number): QuantityField[] =>
  quantities.filter((q) => ((1 << q.bit) & mask) !== 0).map((q) => q.field);

/**
 * A wire value in whole base units of a window of `seconds`. What an exporter made by dividing whole base units comes
 * back exactly below 2^50 base units: the quotient and the product each err by at most 2^-53 of the value, and what an
 * exporter can see is far smaller.
 */
export const toBase = (q: Quantity, value: number, seconds: number): number =>
  Math.round(value * q.baseUnits * (q.kind === 'average' ? seconds : 1));

/** Base units as the wire shows them; `seconds` is the time an average was taken over (not used by the other kinds). */
export const fromBase = (q: Quantity, base: number, seconds: number): number => {
  if (q.kind !== 'average') return base / q.baseUnits;
  return seconds === 0 ? 0 : base / (q.baseUnits * seconds);
};
