/** Puts test cards on file. */
import type { Context } from '../context.ts';
import { cardError, missing, Refusal, refuse } from '../errors.ts';
import { newId } from '../ids.ts';
import { type Card, cardByName, cardByNumber } from '../objects/cards.ts';
import type { PaymentMethod } from '../objects/payment-method.ts';
import { secondsOf } from '../seconds.ts';
import { must, rendered } from '../wires.ts';

/** A card by number or by Stripe's test name. Refuses what is neither. */
export function cardFrom(text: string): Card {
  const card = cardByNumber(text) ?? cardByName(text);
  if (card !== null) return card;
  return refuse('Your card number is not that of a test card: https://docs.stripe.com/testing', 'incorrect_number');
}

export function newMethod(context: Context, card: Card): PaymentMethod {
  const method = {
    id: newId('pm'),
    created: secondsOf(context.now),
    customer: null,
    number: card.number,
    setUp: false,
    metadata: {},
  };
  context.store.put('payment_method', method);
  return method;
}

/** A method by its id, or a new one of a test card's name: `pm_card_visa`. */
export function methodFrom(context: Context, text: string, param: string): PaymentMethod {
  const kept = context.store.get('payment_method', text);
  if (kept !== null) return kept;
  const card = cardByName(text);
  if (card === null) throw new Refusal({ ...missing('PaymentMethod', text, param), status: 400 });
  return newMethod(context, card);
}

/** Puts it on file with a customer. Throws the bank's refusal. */
export function attach(context: Context, method: PaymentMethod, customer: string): PaymentMethod {
  if (method.customer === customer) return method;
  if (method.customer !== null) refuse('The payment method you provided has already been attached to a customer.');
  const { onAttach } = cardFrom(method.number);
  if (onAttach !== null) throw new Refusal(cardError(onAttach.message, onAttach.code, onAttach.declineCode));
  const attached = { ...method, customer };
  context.store.put('payment_method', attached);
  context.emit('payment_method.attached', rendered(context, 'payment_method', attached));
  return attached;
}

export const attachCard = (context: Context, customer: string, text: string): PaymentMethod =>
  attach(context, methodFrom(context, text, 'payment_method'), customer);

/** Takes it off file; nothing is paid with it any more. */
export function detach(context: Context, method: PaymentMethod): PaymentMethod {
  if (method.customer === null) refuse('The payment method you provided is not attached to a customer.');
  const owner = method.customer === null ? null : must(context, 'customer', method.customer);
  if (owner?.defaultPaymentMethod === method.id) {
    context.store.put('customer', { ...owner, defaultPaymentMethod: null });
  }
  const detached = { ...method, customer: null };
  context.store.put('payment_method', detached);
  context.emit('payment_method.detached', rendered(context, 'payment_method', detached), { customer: method.customer });
  return detached;
}
