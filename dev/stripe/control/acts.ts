/** The control door's deeds: what people do at Stripe's dashboard, at a bank or on a page, without the page. */
import { z } from 'zod';
import { authenticateSession } from '../acts/authenticate.ts';
import { payWithCard } from '../acts/customers.ts';
import { codeByText } from '../acts/discounts.ts';
import { giveRefundBack, openDispute, refundCharge } from '../acts/refunds.ts';
import { payInCheckout } from '../acts/sessions.ts';
import type { Act } from '../assemble.ts';
import type { Context, Wire } from '../context.ts';
import { move } from '../move.ts';
import { find, findCustomer } from '../operations/shared.ts';
import { must, rendered } from '../wires.ts';
import { DoorRefusal } from './answers.ts';
import { type DoorRoute, doorRoute, nothing } from './door.ts';

const card = z.string().min(1);

/** The customer pays with it from now on. */
const giveCard = (context: Context, customerId: string, text: string): Wire => {
  const { id } = findCustomer(context, customerId, 'id');
  return rendered(context, 'payment_method', must(context, 'payment_method', payWithCard(context, id, text)));
};

const checkout = z.strictObject({
  card,
  promotion_code: z.string().optional(),
  /** What the customer answers the bank, where it asks. */
  authenticates: z.boolean().default(true),
});

/** Checkout's page and the bank's, in one go. */
function completeCheckout(context: Context, id: string, given: z.output<typeof checkout>): Wire {
  const session = find(context, 'checkout.session', id);
  const code = given.promotion_code === undefined ? null : codeByText(context, given.promotion_code);
  if (code === null && given.promotion_code !== undefined) throw new DoorRefusal(404, 'there is no such code');
  const done = payInCheckout(context, session, given.card, code?.id ?? null);
  if (done.kind === 'complete') return rendered(context, 'checkout.session', done.session);
  const intent = context.store.get('payment_intent', done.intent) ?? must(context, 'setup_intent', done.intent);
  return rendered(context, 'checkout.session', authenticateSession(context, intent, given.authenticates));
}

const settings = z.strictObject({ after_retries: z.enum(['past_due', 'unpaid', 'cancel']) });

export function deedRoutes(act: Act): DoorRoute[] {
  return [
    doorRoute('POST', '/_stand-in/settings', settings, ({ body }) =>
      act(({ store }) => {
        store.set('after_retries', body.after_retries);
        return body;
      }),
    ),
    doorRoute('POST', '/_stand-in/customers/:id/cards', z.strictObject({ card }), ({ path: { id = '' }, body }) =>
      act((context) => giveCard(context, id, body.card)),
    ),
    doorRoute('POST', '/_stand-in/checkout/:id/complete', checkout, ({ path: { id = '' }, body }) =>
      act((context) => completeCheckout(context, id, body)),
    ),
    doorRoute(
      'POST',
      '/_stand-in/charges/:id/refund',
      z.strictObject({ amount: z.int().positive().nullable().default(null) }),
      ({ path: { id = '' }, body: { amount } }) =>
        act((context) => {
          const charge = find(context, 'charge', id);
          const refund = refundCharge(context, charge, { amount, reason: 'requested_by_customer', metadata: {} });
          return rendered(context, 'refund', refund);
        }),
    ),
    doorRoute('POST', '/_stand-in/refunds/:id/fail', nothing, ({ path: { id = '' } }) =>
      act((context) => rendered(context, 'refund', giveRefundBack(context, find(context, 'refund', id)))),
    ),
    doorRoute(
      'POST',
      '/_stand-in/charges/:id/dispute',
      z.strictObject({ reason: z.string().default('fraudulent') }),
      ({ path: { id = '' }, body: { reason } }) =>
        act((context) => rendered(context, 'dispute', openDispute(context, find(context, 'charge', id), reason))),
    ),
    doorRoute(
      'POST',
      '/_stand-in/disputes/:id/close',
      z.strictObject({ status: z.enum(['won', 'lost']) }),
      ({ path: { id = '' }, body: { status } }) =>
        act((context) => rendered(context, 'dispute', move(context, 'dispute', find(context, 'dispute', id), status))),
    ),
  ];
}
