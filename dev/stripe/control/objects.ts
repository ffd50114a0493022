/** The control door's objects: all of a kind as they go over the wire, and an event about one that nothing has made happen. */
import { z } from 'zod';
import type { Act, Look } from '../assemble.ts';
import type { Context } from '../context.ts';
import { isKind, type Kind } from '../objects/kinds.ts';
import type { Wire } from '../wire.ts';
import { rendered, wireOf } from '../wires.ts';
import { DoorRefusal } from './answers.ts';
import { type DoorRoute, doorRoute, nothing } from './door.ts';

/** What an event is about, by the beginning of its type; the first that fits counts. */
const subjects: readonly (readonly [begins: string, kind: Kind])[] = [
  ['customer.subscription.', 'subscription'],
  ['customer.tax_id.', 'tax_id'],
  ['customer.', 'customer'],
  ['charge.dispute.', 'dispute'],
  ['charge.refund.', 'refund'],
  ['charge.', 'charge'],
  ['checkout.session.', 'checkout.session'],
  ['credit_note.', 'credit_note'],
  ['invoice_payment.', 'invoice_payment'],
  ['invoice.', 'invoice'],
  ['invoiceitem.', 'invoiceitem'],
  ['payment_intent.', 'payment_intent'],
  ['payment_method.', 'payment_method'],
  ['price.', 'price'],
  ['product.', 'product'],
  ['promotion_code.', 'promotion_code'],
  ['coupon.', 'coupon'],
  ['refund.', 'refund'],
  ['setup_intent.', 'setup_intent'],
  ['subscription_schedule.', 'subscription_schedule'],
];

/** The object that is named, or the newest of the kind that such events are about. */
function subjectOf(context: Context, type: string, objectId: string | undefined): Wire {
  if (objectId !== undefined) {
    const wire = wireOf(context, objectId);
    if (wire === null) throw new DoorRefusal(404, `there is no object ${objectId}`);
    return wire;
  }
  const [, kind] = subjects.find(([begins]) => type.startsWith(begins)) ?? [];
  if (kind === undefined) throw new DoorRefusal(422, `nothing is known of ${type}: name an object_id`);
  const [newest] = context.store.list(kind, { limit: 1 });
  if (newest === undefined) throw new DoorRefusal(404, `there is no ${kind} that ${type} could be about`);
  return rendered(context, kind, newest);
}

export function objectRoutes(act: Act, look: Look): DoorRoute[] {
  return [
    doorRoute('GET', '/_stand-in/objects/:kind', nothing, ({ path }) => {
      const kind = path['kind'] ?? '';
      if (!isKind(kind)) throw new DoorRefusal(404, `${kind} is no kind of object`);
      const context = look();
      return { data: context.store.list(kind).map((object) => rendered(context, kind, object)) };
    }),
    doorRoute(
      'POST',
      '/_stand-in/events',
      z.strictObject({ type: z.string().regex(/^[a-z_]+(\.[a-z_]+)+$/), object_id: z.string().optional() }),
      ({ body }) => act((context) => context.emit(body.type, subjectOf(context, body.type, body.object_id))),
    ),
  ];
}
