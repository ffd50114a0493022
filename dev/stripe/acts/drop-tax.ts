/**
 * What Stripe finalises by itself of a subscription it bills without tax where the customer's location is not known, and works out no tax
 * for the subscription any more. https://docs.stripe.com/tax/customer-locations#invoice-finalization-errors
 */
import type { Context } from '../context.ts';
import { canMove, move } from '../move.ts';
import type { Invoice } from '../objects/invoice.ts';
import { taxRateOf } from '../objects/tax.ts';
import { must } from '../wires.ts';

export function withoutUnknownTax(context: Context, invoice: Invoice): Invoice {
  if (!invoice.automaticTax || invoice.subscription === null) return invoice;
  if (taxRateOf(must(context, 'customer', invoice.customer)) !== null) return invoice;
  const dropped = { automaticTax: false, taxDropped: true };
  const subscription = must(context, 'subscription', invoice.subscription);
  if (canMove('subscription', subscription.status, 'updated')) {
    move(context, 'subscription', subscription, 'updated', dropped);
  }
  return { ...invoice, ...dropped };
}
