/** A Checkout session's end: a subscription with the customer's card, or its time is over. */
import type { Context } from '../context.ts';
import { newId, newSecret } from '../ids.ts';
import { move } from '../move.ts';
import { askBank } from '../objects/cards.ts';
import { cardOf, type PaymentMethod } from '../objects/payment-method.ts';
import { amountOf } from '../objects/product.ts';
import type { Session } from '../objects/session.ts';
import { secondsOf } from '../seconds.ts';
import { must } from '../wires.ts';
import { attach, cardFrom, newMethod } from './cards.ts';
import { newIntent } from './charge.ts';
import { redeem } from './discounts.ts';
import { subscribe } from './subscribe.ts';

export function expireSession(context: Context, session: Session): Session {
  context.store.clearDue('expire', session.id);
  return move(context, 'checkout.session', session, 'expired');
}

/** Nothing is paid in a session whose trial comes first. */
const isFree = ({ data, items }: Session, context: Context): boolean =>
  data.trialEnd !== null ||
  items.every(({ price, quantity }) => amountOf(must(context, 'price', price), quantity ?? 0) === 0);

/** What 3-D Secure is asked for: the payment, or for a trial the card. Gives the intent's id. */
function askToAuthenticate(
  context: Context,
  session: Session,
  method: PaymentMethod,
  promotionCode: string | null,
): string {
  const { customer, id, currency } = session;
  if (isFree(session, context)) {
    const intent = newId('seti');
    context.store.put('setup_intent', {
      id: intent,
      created: secondsOf(context.now),
      customer,
      status: 'requires_action',
      secret: newSecret(intent),
      session: id,
      promotionCode,
      paymentMethod: method.id,
    });
    return intent;
  }
  const amount = session.items.reduce(
    (sum, { price, quantity }) => sum + amountOf(must(context, 'price', price), quantity ?? 0),
    0,
  );
  const intent = newIntent(context, { customer, amount, currency, session: id, promotionCode });
  move(context, 'payment_intent', intent, 'asks_customer', { paymentMethod: method.id });
  return intent.id;
}

/** The subscription is made and paid. Throws the bank's refusal; then the session is still open. */
export function complete(
  context: Context,
  session: Session,
  method: PaymentMethod,
  promotionCode: string | null,
  authenticated: boolean,
): Session {
  const { customer, data } = session;
  const card = attach(context, authenticated ? { ...method, setUp: true } : method, customer);
  const codes = promotionCode === null ? session.discounts : [{ coupon: null, promotionCode }];
  const discounts = codes.map((each) =>
    redeem(
      context,
      { coupon: each.coupon ?? undefined, promotion_code: each.promotionCode ?? undefined },
      customer,
      session.id,
    ),
  );
  const { subscription } = subscribe(context, {
    customer,
    items: session.items.map(({ price, quantity }) => ({
      price: must(context, 'price', price),
      quantity,
      metadata: {},
    })),
    automaticTax: session.automaticTax,
    cancelAt: null,
    cancelAtPeriodEnd: false,
    collection: 'charge_automatically',
    daysUntilDue: null,
    defaultPaymentMethod: card.id,
    description: data.description,
    discounts,
    metadata: data.metadata,
    trialEnd: data.trialEnd,
    missingPaymentMethod: data.missingPaymentMethod,
    behavior: 'error_if_incomplete',
    paying: { method: card.id, authenticated: authenticated ? true : null },
  });
  context.store.clearDue('expire', session.id);
  const invoice = subscription.latestInvoice === null ? null : must(context, 'invoice', subscription.latestInvoice);
  return move(context, 'checkout.session', session, 'completed', {
    subscription: subscription.id,
    invoice: invoice?.id ?? null,
    paid: (invoice?.amountPaid ?? 0) > 0,
  });
}

export type Completed = { kind: 'complete'; session: Session } | { kind: 'action'; intent: string };

/** What a customer does on Checkout's page with a card. */
export function payInCheckout(
  context: Context,
  session: Session,
  number: string,
  promotionCode: string | null,
): Completed {
  const method = newMethod(context, cardFrom(number));
  const bank = askBank(cardOf(method), { now: false, before: false });
  if (bank.kind === 'action') {
    return { kind: 'action', intent: askToAuthenticate(context, session, method, promotionCode) };
  }
  return { kind: 'complete', session: complete(context, session, method, promotionCode, false) };
}
