/** Asks the bank behind a card for a payment intent's amount: charge and intent after it. Owns no invoice. */
import type { Context } from '../context.ts';
import { newId, newSecret } from '../ids.ts';
import { begin, move } from '../move.ts';
import { askBank, type Bank, type Decline } from '../objects/cards.ts';
import type { PaymentIntent } from '../objects/intent.ts';
import { cardOf, type PaymentMethod } from '../objects/payment-method.ts';
import { secondsOf } from '../seconds.ts';

type Wanted = Pick<PaymentIntent, 'customer' | 'amount' | 'currency'> &
  Partial<Pick<PaymentIntent, 'invoice' | 'session' | 'promotionCode'>>;

export function newIntent(context: Context, wanted: Wanted): PaymentIntent {
  const id = newId('pi');
  return begin(
    context,
    'payment_intent',
    {
      id,
      created: secondsOf(context.now),
      status: 'requires_payment_method',
      secret: newSecret(id),
      invoice: null,
      session: null,
      promotionCode: null,
      paymentMethod: null,
      latestCharge: null,
      lastError: null,
      canceledAt: null,
      ...wanted,
    },
    'created',
  );
}

function newCharge(context: Context, intent: PaymentIntent, method: PaymentMethod, failure: Decline | null): string {
  const charge = {
    id: newId('ch'),
    created: secondsOf(context.now),
    customer: intent.customer,
    amount: intent.amount,
    amountRefunded: 0,
    currency: intent.currency,
    paymentIntent: intent.id,
    paymentMethod: method.id,
    failure,
    disputed: false,
  };
  if (failure === null) return begin(context, 'charge', { ...charge, status: 'succeeded' }, 'paid').id;
  return begin(context, 'charge', { ...charge, status: 'failed' }, 'declined').id;
}

/** @param authenticated the customer has just confirmed this payment */
export function chargeIntent(
  context: Context,
  intent: PaymentIntent,
  method: PaymentMethod,
  authenticated: boolean,
): Bank {
  const bank = askBank(cardOf(method), { now: authenticated, before: method.setUp });
  if (bank.kind === 'action') {
    move(context, 'payment_intent', intent, 'asks_customer', { paymentMethod: method.id });
    return bank;
  }
  if (authenticated) context.store.put('payment_method', { ...method, setUp: true });
  if (bank.kind === 'paid') {
    const latestCharge = newCharge(context, intent, method, null);
    move(context, 'payment_intent', intent, 'paid', { latestCharge, paymentMethod: method.id, lastError: null });
    return bank;
  }
  const latestCharge = newCharge(context, intent, method, bank.decline);
  move(context, 'payment_intent', intent, 'declined', { latestCharge, paymentMethod: null, lastError: bank.decline });
  return bank;
}

/** What Stripe says when the customer does not confirm. */
export const notAuthenticated: Decline = {
  code: 'payment_intent_authentication_failure',
  declineCode: 'authentication_required',
  message: 'The provided PaymentMethod has failed authentication.',
};
