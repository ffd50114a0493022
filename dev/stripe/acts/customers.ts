/** Changes of a customer that people and calls make alike. */
import type { Context, Wire } from '../context.ts';
import { differences } from '../move.ts';
import type { Customer } from '../objects/customer.ts';
import { must, rendered } from '../wires.ts';
import { attach, cardFrom, newMethod } from './cards.ts';
import { changeAttributes, refusedUpdate } from './update.ts';

/** Keeps it and says what changed. */
export function updateCustomer(context: Context, before: Customer, after: Customer): Wire {
  const earlier = rendered(context, 'customer', before);
  context.store.put('customer', after);
  const wire = rendered(context, 'customer', after);
  const previous = differences(earlier, wire);
  if (Object.keys(previous).length > 0) context.emit('customer.updated', wire, previous);
  return wire;
}

/**
 * A new card pays from now on: the customer's invoices, and those of subscriptions that had one of their own. Gives its id.
 * @param card a test card's number or name
 */
export function payWithCard(context: Context, customerId: string, card: string): string {
  const { id } = attach(context, newMethod(context, cardFrom(card)), customerId);
  const customer = must(context, 'customer', customerId);
  updateCustomer(context, customer, { ...customer, defaultPaymentMethod: id });
  for (const subscription of context.store.list('subscription', { customer: customerId })) {
    const hasOwn = subscription.defaultPaymentMethod !== null;
    if (!hasOwn || refusedUpdate(subscription, ['default_payment_method']) !== null) continue;
    changeAttributes(context, subscription, { defaultPaymentMethod: id });
  }
  return id;
}
