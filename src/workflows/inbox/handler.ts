/** The form of what an event leads to, and what handlers have in common. Which handler has which type stands in table.ts. */
import type { AuditEntry } from '../../audit/store.ts';
import type { Write } from '../../db/write.ts';
import type { StripeResult } from '../../stripe/call.ts';
import type { StripeInvoice } from '../../stripe/invoices.ts';
import type { StripePort } from '../../stripe/port.ts';
import { eventOf } from '../../webhooks/event.ts';
import { type EventRow, findWhose } from '../../webhooks/event-store.ts';
import type { Context } from '../deed.ts';
import { StripeNotRead } from '../subscriptions/refresh-subscription.ts';
import type { Lot } from './lot.ts';

/** What an event led to: written in the batch that marks it processed. */
export interface Handled {
  customerId: string;
  writes: readonly Write[];
  audit?: readonly AuditEntry[];
  /** Ids of outbox rows among the writes. */
  outbox?: readonly string[];
  /** What was fetched of an invoice and is kept with the writes; null where Stripe has none of it any more. */
  fetched?: { id: string; invoice: StripeInvoice | null };
}

/**
 * Handles an event; null where it is about somebody whom we do not know. It asks Stripe how the object is now, unless an event of its
 * lot has done so, and is called again where somebody else has meanwhile. Doing it twice changes nothing the second time.
 * @throws StripeNotRead, UnknownSubscriber, and what the batch's other guards throw: the event is tried again
 */
export type Handler = (context: Context, event: EventRow, lot: Lot) => Promise<Handled | null>;

/** What Stripe answered of an object. @throws StripeNotRead */
export function shown<T>(id: string, result: StripeResult<T>): T {
  if (result.ok) return result.value;
  throw new StripeNotRead(id, result.error);
}

/** The same; null where Stripe has none of that id any more. @throws StripeNotRead */
export const shownOrGone = <T>(id: string, result: StripeResult<T>): T | null =>
  !result.ok && result.error.code === 'resource_missing' ? null : shown(id, result);

/** @throws StripeNotRead without a key */
export function stripeOf({ stripe }: Context, id: string): StripePort {
  if (stripe) return stripe;
  throw new StripeNotRead(id, { kind: 'denied', code: 'stripe_not_configured' });
}

/** Whom of ours the event's object names; null where we know nobody so. */
export async function whoseIs({ db }: Context, { customerId, payload }: EventRow): Promise<string | null> {
  const whose = eventOf(payload)?.whose;
  return customerId ?? (whose ? await findWhose(db, whose) : null);
}
