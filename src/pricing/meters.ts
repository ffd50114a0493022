/** What is rated: each meter's unit on a bill, and which meters share an allowance. Data only. */
import { quantities } from '../usage/meters.ts';

export interface RatedMeter {
  meter: string;
  description: string;
  unit: string;
  /** Stored base units in one unit; for `perMonth` in one unit held for one second. */
  baseUnits: number;
  /** The unit is held for the whole period (GB-month): divided by the period's seconds too. */
  perMonth: boolean;
  /** `sum` adds over the period; `level` is held: each stretch's highest counts for its share of the period. */
  addsUp: 'sum' | 'level';
  /** The allowance it draws on; two meters may draw on one. */
  allowance: string;
}

const hourMs = 3_600_000;
const hourSeconds = 3600;
const mibPerGb = 1024;
const bytesPerGb = 2 ** 30;

const rated = (
  meter: string,
  description: string,
  unit: string,
  baseUnits: number,
  more: Partial<RatedMeter> = {},
): RatedMeter => ({ meter, description, unit, baseUnits, perMonth: false, addsUp: 'sum', allowance: meter, ...more });

export const ratedMeters: ReadonlyMap<string, RatedMeter> = new Map(
  [
    rated('cpu_core_ms', 'CPU', 'core-hour', hourMs),
    rated('memory_mib_s', 'Memory', 'GB-hour', mibPerGb * hourSeconds),
    rated('storage_mib_s', 'Storage', 'GB-month', mibPerGb, { perMonth: true }),
    rated('network_sent_bytes', 'Network sent', 'GB', bytesPerGb, { allowance: 'network_bytes' }),
    rated('network_received_bytes', 'Network received', 'GB', bytesPerGb, { allowance: 'network_bytes' }),
    rated('ingress_requests', 'Ingress requests', 'request', 1),
    rated('vm_s', 'Virtual machines', 'VM-hour', hourSeconds),
    rated('ip_s', 'Public IP addresses', 'IP-hour', hourSeconds),
    rated('api_calls', 'API calls', 'call', 1),
    rated('mqtt_bytes', 'MQTT traffic', 'GB', bytesPerGb, { allowance: 'traffic_bytes' }),
    rated('http_bytes', 'HTTP traffic', 'GB', bytesPerGb, { allowance: 'traffic_bytes' }),
    rated('postgres_mib_s', 'Database storage', 'GB-month', mibPerGb, { perMonth: true }),
    rated('device_peak', 'Active devices', 'device-month', 1, { addsUp: 'level' }),
    rated('device_hours', 'Device hours', 'device-hour', 1),
  ].map((m) => [m.meter, m]),
);

/** The line of the plan's own price; it can be overridden like a meter's. */
export const baseFeeMeter = 'base_fee';

const fieldMeters = new Map<string, string>(quantities.map((q) => [q.field, q.meter]));

/** The allowance that a name means: its own, a meter's that draws on it, or a wire field's. Null when nothing is meant. */
export function allowanceNamed(name: string): string | null {
  const meters = [...ratedMeters.values()];
  if (meters.some((m) => m.allowance === name)) return name;
  return ratedMeters.get(fieldMeters.get(name) ?? name)?.allowance ?? null;
}

/** The meters whose price a name means: a meter, a wire field, or all that draw on an allowance. Empty when none. */
export function metersNamed(name: string): string[] {
  if (name === baseFeeMeter || ratedMeters.has(name)) return [name];
  const byField = fieldMeters.get(name);
  if (byField !== undefined) return ratedMeters.has(byField) ? [byField] : [];
  return [...ratedMeters.values()].filter((m) => m.allowance === name).map((m) => m.meter);
}
