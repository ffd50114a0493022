/** `/v1/billing/meters` and their events: https://docs.stripe.com/api/billing/meter */
import type { Context, Operation } from '../context.ts';
import { missing, Refusal, refuse } from '../errors.ts';
import { newId } from '../ids.ts';
import { aggregated, type Meter } from '../objects/meter.ts';
import { operation } from '../operation.ts';
import { daySeconds, secondsOf } from '../seconds.ts';
import type { Wire } from '../wire.ts';
import { rendered } from '../wires.ts';
import { find, listed, listWire, paging, retrieval } from './shared.ts';

const metersUrl = '/v1/billing/meters';
const eventsUrl = '/v1/billing/meter_events';
// https://docs.stripe.com/api/billing/meter-event/create
const backSecondsMax = 35 * daySeconds;
const aheadSecondsMax = 300;
const sameSeconds = daySeconds;
const identifierCharactersMax = 100;
const payloadKeysMax = 10;

function meterOf({ store }: Context, eventName: string): Meter {
  const meter = store.list('billing.meter', { key: eventName }).find(({ deactivatedAt }) => deactivatedAt === null);
  if (meter !== undefined) return meter;
  throw new Refusal({ ...missing('active meter for the event name', eventName, 'event_name'), status: 400 });
}

function countOf(payload: Record<string, string>, key: string): number {
  const text = payload[key];
  if (text === undefined) return refuse(`The payload lacks the key ${key}.`, 'meter_event_no_value', `payload[${key}]`);
  if (!/^-?\d+$/.test(text))
    return refuse('A meter event’s value must be a whole number.', 'meter_event_invalid_value', `payload[${key}]`);
  return Number(text);
}

/** The same identifier within a day is the same event: it is refused, and nothing is counted twice. */
function checkIdentifier({ store }: Context, meter: Meter, identifier: string, now: number): void {
  if (identifier.length > identifierCharactersMax) refuse('The identifier is too long.', undefined, 'identifier');
  const twin = store
    .list('billing.meter_event', { parent: meter.id, key: identifier })
    .find(({ created }) => created > now - sameSeconds);
  if (twin !== undefined)
    refuse(`An event already exists with identifier ${identifier}.`, 'resource_already_exists', 'identifier');
}

function checkTime(timestamp: number, now: number): void {
  if (timestamp < now - backSecondsMax) {
    refuse('The timestamp is too far in the past: at most 35 days.', 'timestamp_too_far_in_past', 'timestamp');
  }
  if (timestamp > now + aheadSecondsMax) {
    refuse('The timestamp is too far in the future: at most 5 minutes.', 'timestamp_in_future', 'timestamp');
  }
}

export const meters: readonly Operation[] = [
  operation({
    method: 'POST',
    path: metersUrl,
    parameters: {
      customer_mapping: { of: { event_payload_key: { must: 'text' }, type: { must: { one: ['by_id'] } } } },
      default_aggregation: { must: { of: { formula: { must: { one: ['count', 'last', 'sum'] } } } } },
      display_name: { must: 'text' },
      event_name: { must: 'text' },
      value_settings: { of: { event_payload_key: { must: 'text' } } },
    },
    run(context, { values }) {
      const [twin] = context.store.list('billing.meter', { key: values.event_name });
      if (twin?.deactivatedAt === null) {
        refuse('There is already an active meter with that event name.', 'resource_already_exists', 'event_name');
      }
      const created = secondsOf(context.now);
      const meter: Meter = {
        id: newId('mtr_test'),
        created,
        updated: created,
        displayName: values.display_name,
        eventName: values.event_name,
        formula: values.default_aggregation.formula,
        customerKey: values.customer_mapping?.event_payload_key ?? 'stripe_customer_id',
        valueKey: values.value_settings?.event_payload_key ?? 'value',
        deactivatedAt: null,
      };
      context.store.put('billing.meter', meter);
      const wire = rendered(context, 'billing.meter', meter);
      context.emit('billing.meter.created', wire);
      return wire;
    },
  }),
  operation({
    method: 'GET',
    path: metersUrl,
    parameters: { ...paging, status: { one: ['active', 'inactive'] } },
    run: (context, { values: { status, ...page } }) =>
      listed(
        context,
        'billing.meter',
        metersUrl,
        page,
        {},
        ({ deactivatedAt }) => status === undefined || (deactivatedAt === null) === (status === 'active'),
      ),
  }),
  retrieval('billing.meter', metersUrl),
  operation({
    method: 'POST',
    path: `${metersUrl}/:id/deactivate`,
    parameters: {},
    run(context, { path: { id = '' } }) {
      const meter = find(context, 'billing.meter', id);
      if (meter.deactivatedAt !== null) refuse('This meter is inactive already.');
      const now = secondsOf(context.now);
      const after = { ...meter, deactivatedAt: now, updated: now };
      context.store.put('billing.meter', after);
      const wire = rendered(context, 'billing.meter', after);
      context.emit('billing.meter.deactivated', wire);
      return wire;
    },
  }),
  operation({
    method: 'GET',
    path: `${metersUrl}/:id/event_summaries`,
    parameters: { ...paging, customer: { must: 'text' }, end_time: { must: 'time' }, start_time: { must: 'time' } },
    run(context, { path: { id = '' }, values: { customer, start_time: start, end_time: end } }) {
      const meter = find(context, 'billing.meter', id);
      if (start % 60 !== 0 || end % 60 !== 0)
        refuse('The times must be at the start of a minute.', undefined, 'start_time');
      const events = context.store.list('billing.meter_event', { customer, parent: id });
      const summary = {
        id: `mtrusg_${id.slice(-12)}${start}`,
        object: 'billing.meter_event_summary',
        aggregated_value: aggregated(meter, events, start, end),
        end_time: end,
        livemode: false,
        meter: id,
        start_time: start,
      };
      return listWire(`${metersUrl}/${id}/event_summaries`, [summary], false);
    },
  }),
  operation({
    method: 'POST',
    path: eventsUrl,
    parameters: { event_name: { must: 'text' }, identifier: 'text', payload: { must: 'metadata' }, timestamp: 'time' },
    run(context, { values }) {
      const now = secondsOf(context.now);
      const meter = meterOf(context, values.event_name);
      const payload = values.payload ?? {};
      if (Object.keys(payload).length > payloadKeysMax) refuse('The payload has too many keys.', undefined, 'payload');
      const customer = payload[meter.customerKey];
      if (customer === undefined)
        refuse(`The payload lacks the key ${meter.customerKey}.`, 'meter_event_customer_not_found', 'payload');
      const value = countOf(payload, meter.valueKey);
      const identifier = values.identifier ?? newId('mev');
      const timestamp = values.timestamp ?? now;
      checkTime(timestamp, now);
      checkIdentifier(context, meter, identifier, now);
      const event = {
        id: newId('mev'),
        created: now,
        meter: meter.id,
        customer: find(context, 'customer', customer ?? '', 'payload').id,
        eventName: meter.eventName,
        identifier,
        payload,
        value,
        timestamp,
      };
      context.store.put('billing.meter_event', event);
      return rendered(context, 'billing.meter_event', event) as Wire;
    },
  }),
];
