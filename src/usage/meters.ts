/**
 * The catalogue of quantities: wire field, stored column, base unit, bit and meter of each. Data only.
 * Bits are for ever (they stand in ownerships, in `missing` and in arrays that older versions stored): append, never
 * renumber. A new quantity is a line here and one in src/contracts/usage.ts, then `npm run migrations`.
 */
import type { QuantityField } from '../contracts/usage.ts';
import { allSlots, hasSlot, noSlots, type Slots, slotsOf, union } from './slots.ts';

/**
 * How a quantity adds up over windows: `sum` adds; `average` is stored as its integral over the window's seconds and
 * shown as the average; `peak` is the highest. `own` is the operator's: whether it is a sum or a level, plans.yaml says
 * (src/pricing/own-meters.ts), so a day keeps both.
 */
export type QuantityKind = 'sum' | 'average' | 'peak' | 'own';

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
const msPerSecond = 1000;
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
  ['custom_1', 'custom_1', 'custom_1', 'own', micros],
  ['custom_2', 'custom_2', 'custom_2', 'own', micros],
  ['custom_3', 'custom_3', 'custom_3', 'own', micros],
  ['custom_4', 'custom_4', 'custom_4', 'own', micros],
  ['custom_5', 'custom_5', 'custom_5', 'own', micros],
  ['cpu_requested_cores', 'cpu_requested_core_ms', 'cpu_requested_core_ms', 'average', msPerSecond],
  ['memory_requested_gb', 'memory_requested_mib_s', 'memory_requested_mib_s', 'average', mibPerGb],
];

export const quantities: readonly Quantity[] = entries.map(([field, column, meter, kind, baseUnits], bit) => ({
  field,
  column,
  meter,
  bit,
  kind,
  baseUnits,
}));

/** As many of them the first release had: the schema's CHECK names those, and no other may be added to it. */
export const firstQuantities = 26;

export const quantityOf: ReadonlyMap<string, Quantity> = new Map(quantities.map((q) => [q.field, q]));

/** What a namespace costs us (OpenCost): shown to admins only. */
export const ownCostFields: readonly QuantityField[] = ['cost_cpu', 'cost_memory', 'cost_storage', 'cost_network'];

const columnsOf = (...kinds: readonly QuantityKind[]): string[] =>
  quantities.filter((q) => kinds.includes(q.kind)).map((q) => q.column);

/** Columns of the operator's own meters (spec §3). They stand from the start: a catalogue that has one needs no migration. */
export const ownMeterColumns: readonly string[] = columnsOf('own');

/** Every column of `windows` that holds a quantity. */
export const storedColumns: readonly string[] = quantities.map((q) => q.column);

/** The columns that have one of seconds beside them in `daily`: averages', and own meters', which is never written. */
export const averagedColumns: readonly string[] = [...columnsOf('average'), ...ownMeterColumns];

/** Where a day keeps the highest window of an own meter, beside the sum. */
export const dayPeakOf = (column: string): string => `${column}_peak`;

/** The bits of all quantities that there are today. */
export const knownSlots: Slots = slotsOf(quantities.map((q) => q.bit));

/** All meters, those to come included (slots.ts). */
export const everyMeter: Slots = allSlots;

/** Each meter's bits, in the catalogue's order. */
const slotsOfMeter: ReadonlyMap<string, Slots> = new Map(
  [...Map.groupBy(quantities, (q) => q.meter)].map(([meter, alike]) => [meter, slotsOf(alike.map((q) => q.bit))]),
);

/** The bits of some meters by name, or the first name that is none. */
export function slotsOfMeters(names: readonly string[]): { slots: Slots } | { unknown: string } {
  const unknown = names.find((name) => !slotsOfMeter.has(name));
  if (unknown !== undefined) return { unknown };
  return { slots: names.map((name) => slotsOfMeter.get(name) as Slots).reduce(union) };
}

/** What only an application sees of itself. Its own reporter measures these, the exporter's all others (spec §3). */
export const applicationMeters: Slots = [
  'api_calls',
  'http_bytes',
  'mqtt_bytes',
  'mqtt_messages',
  'device_peak',
  'device_total',
  'postgres_mib_s',
  'postgres_rows',
  'postgres_transactions',
]
  .map((meter) => slotsOfMeter.get(meter) ?? noSlots)
  .reduce(union);

const quantitiesIn = (slots: Slots): Quantity[] => quantities.filter((q) => hasSlot(slots, q.bit));

/** The names of the meters in a set. */
export const metersIn = (slots: Slots): string[] => [...new Set(quantitiesIn(slots).map((q) => q.meter))];

/** The wire fields of a set. */
export const fieldsIn = (slots: Slots): QuantityField[] => quantitiesIn(slots).map((q) => q.field);

/** The stored columns of a set. */
export const columnsIn = (slots: Slots): string[] => quantitiesIn(slots).map((q) => q.column);

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
