/**
 * An event of Stripe as the inbox keeps it: whom and what it is about, and how often it is tried. What it leads to stands in
 * workflows/inbox/table.ts. Pure.
 */
import { z } from 'zod';
import type { EventState } from '../contracts/webhooks.ts';
import { backoffMs } from '../lib/backoff.ts';
import { hourMs, secondMs } from '../lib/time.ts';

const idCharsMax = 255;
const id = z.string().min(1).max(idCharsMax);

/** What every event has. A thin one has no object, and says its time in words. */
const form = z.looseObject({
  id,
  type: id,
  created: z.union([z.number().int().min(0), z.iso.datetime()]).optional(),
  data: z.looseObject({ object: z.record(z.string(), z.unknown()).optional() }).optional(),
});

/** An event as it came. */
export interface StripeEvent {
  /** `evt_…` */
  id: string;
  type: string;
  /** Stripe's id of what it is about; null where it says none. */
  objectId: string | null;
  /** `cus_…` and the id of ours that the object carries, as far as it says. */
  whose: Whose;
  /** When it happened at Stripe, ms; null where it does not say. */
  occurredAt: number | null;
  payload: Record<string, unknown>;
}

/** By what a customer of ours is known at Stripe. */
export interface Whose {
  stripeId: string | null;
  ours: string | null;
}

type Fields = Readonly<Record<string, unknown>>;

const fieldsOf = (value: unknown): Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Fields) : {};
const textOf = (value: unknown): string | null =>
  typeof value === 'string' && value !== '' && value.length <= idCharsMax ? value : null;

/** An id, as itself or within the object that it was expanded to. */
const idIn = (value: unknown): string | null => textOf(value) ?? textOf(fieldsOf(value)['id']);

/** The object that the event tells of, as it was then. */
const objectOf = (payload: Fields): Fields => fieldsOf(fieldsOf(payload['data'])['object']);

/** What ours carry of us in their metadata; an invoice carries its subscription's. */
function ourIdIn(object: Fields): string | null {
  const details = fieldsOf(fieldsOf(object['parent'])['subscription_details']);
  const [own, inherited] = [object, details].map(({ metadata }) => fieldsOf(metadata)['tenantry_customer_id']);
  return textOf(own) ?? textOf(inherited);
}

function whoseIs(object: Fields): Whose {
  const stripeId = object['object'] === 'customer' ? textOf(object['id']) : idIn(object['customer']);
  return { stripeId, ours: ourIdIn(object) };
}

/** Reads what was signed; null where it is no event. */
export function readEvent(text: string): StripeEvent | null {
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch {
    return null;
  }
  return eventOf(parsed);
}

/** Reads an event of a list; null where it is none. */
export function eventOf(value: unknown): StripeEvent | null {
  const read = form.safeParse(value);
  if (!read.success) return null;
  const { created } = read.data;
  const object = objectOf(read.data);
  return {
    id: read.data.id,
    type: read.data.type,
    objectId: textOf(object['id']),
    whose: whoseIs(object),
    occurredAt: typeof created === 'number' ? created * secondMs : created === undefined ? null : Date.parse(created),
    payload: read.data,
  };
}

/** A renewal's draft: it has to wait for its usage. */
export const isRenewal = ({ type, payload }: Pick<StripeEvent, 'type' | 'payload'>): boolean =>
  type === 'invoice.created' && objectOf(payload)['billing_reason'] === 'subscription_cycle';

/** When the object was made, ms; null where it does not say. */
export function madeAt(payload: Fields): number | null {
  const { created } = objectOf(payload);
  return typeof created === 'number' ? created * secondMs : null;
}

/** The subscription that the object is, or is about; null where there is none. */
export function subscriptionIn(payload: Fields): string | null {
  const object = objectOf(payload);
  switch (object['object']) {
    case 'subscription':
      return textOf(object['id']);
    case 'invoice':
      return idIn(fieldsOf(fieldsOf(object['parent'])['subscription_details'])['subscription']);
    case 'subscription_schedule':
      return idIn(object['subscription']) ?? idIn(object['released_subscription']);
    default:
      return idIn(object['subscription']);
  }
}

/** The charge that the object is, or is about; null where there is none. */
export function chargeIn(payload: Fields): string | null {
  const object = objectOf(payload);
  return object['object'] === 'charge' ? textOf(object['id']) : idIn(object['charge']);
}

/** Attempts before an event is dead: with these pauses half a day, so that an outage of Stripe's is outlived. */
const attemptsMax = 20;
const pauses = { baseMs: 15 * secondMs, maxMs: hourMs, jitter: 0.2 };

/** How long a failed event waits, ms. @param spread 0 ≤ x < 1 */
export const pauseMs = (attempts: number, spread: number): number => backoffMs(attempts, pauses, spread);

/** The state after a failure. */
export const afterFailure = (attempts: number): EventState => (attempts >= attemptsMax ? 'dead' : 'failed');

/** States from which a person has an event processed again: it waits for nothing, or for longer than the person does. */
export const replayable: readonly EventState[] = ['ignored', 'failed', 'dead'];

/** Nothing waits longer while all is well, ms: what does is an alert. */
export const lateMs = hourMs / 4;
