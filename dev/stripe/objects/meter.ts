/** Meters, the events that they count, and what came together. Pure. */
import type { Wire } from '../wire.ts';

export type Meter = {
  id: string;
  created: number;
  updated: number;
  displayName: string;
  eventName: string;
  formula: 'sum' | 'count' | 'last';
  customerKey: string;
  valueKey: string;
  deactivatedAt: number | null;
};

export type MeterEvent = {
  id: string;
  created: number;
  meter: string;
  customer: string;
  eventName: string;
  identifier: string;
  payload: Record<string, string>;
  value: number;
  /** Unix seconds. */
  timestamp: number;
};

export const meterWire = (meter: Meter): Wire =>
  ({
    id: meter.id,
    object: 'billing.meter',
    created: meter.created,
    customer_mapping: { event_payload_key: meter.customerKey, type: 'by_id' },
    default_aggregation: { formula: meter.formula },
    display_name: meter.displayName,
    event_name: meter.eventName,
    event_time_window: null,
    livemode: false,
    status: meter.deactivatedAt === null ? 'active' : 'inactive',
    status_transitions: { deactivated_at: meter.deactivatedAt },
    updated: meter.updated,
    value_settings: { event_payload_key: meter.valueKey },
  }) as Wire;

export const meterEventWire = (event: MeterEvent): Wire =>
  ({
    object: 'billing.meter_event',
    created: event.created,
    event_name: event.eventName,
    identifier: event.identifier,
    livemode: false,
    payload: event.payload,
    timestamp: event.timestamp,
  }) as Wire;

/** What the events of `[start, end)` come to. */
export function aggregated({ formula }: Meter, events: readonly MeterEvent[], start: number, end: number): number {
  const within = events.filter(({ timestamp }) => timestamp >= start && timestamp < end);
  if (formula === 'count') return within.length;
  if (formula === 'sum') return within.reduce((total, { value }) => total + value, 0);
  return within.toSorted((one, other) => one.timestamp - other.timestamp).at(-1)?.value ?? 0;
}
