/** Each object as it goes over the wire. What an object shows of others is looked up here, so that objects stay pure. */
import type { Context } from './context.ts';
import { chargeWire, disputeWire, refundWire } from './objects/charge.ts';
import { couponWire, discountWire, promotionCodeWire } from './objects/coupon.ts';
import { creditNoteWire } from './objects/credit-note.ts';
import { customerWire } from './objects/customer.ts';
import { invoicePaymentWire, paymentIntentWire, setupIntentWire } from './objects/intent.ts';
import { type Invoice, invoiceWire } from './objects/invoice.ts';
import type { Kind, Kinds } from './objects/kinds.ts';
import { invoiceItemWire } from './objects/line.ts';
import { meterEventWire, meterWire } from './objects/meter.ts';
import { paymentMethodWire } from './objects/payment-method.ts';
import { portalConfigurationWire, portalSessionWire } from './objects/portal.ts';
import { amountOf, priceWire, productWire } from './objects/product.ts';
import { scheduleWire } from './objects/schedule.ts';
import { type Session, type SessionSums, sessionWire } from './objects/session.ts';
import { subscriptionWire } from './objects/subscription.ts';
import { taxRateOf } from './objects/tax.ts';
import { taxIdWire } from './objects/tax-id.ts';
import { type Applied, type Totals, totalsOf } from './objects/totals.ts';
import type { Wire } from './wire.ts';

type Look = Pick<Context, 'store' | 'now' | 'pages'>;

/** What an object names is there: everything that is kept stays kept. */
export function must<K extends Kind>({ store }: Look, kind: K, id: string): Kinds[K] {
  const object = store.get(kind, id);
  if (object === null) throw new Error(`the stand-in has lost ${kind} ${id}`);
  return object;
}

/** The sums of an invoice: as they were finalised, or as they are now. */
export function totalsOfInvoice(look: Look, invoice: Invoice): Totals {
  if (invoice.frozen !== null) return invoice.frozen.totals;
  const applied = invoice.discounts.map((discount): Applied => {
    const { coupon } = must(look, 'discount', discount);
    return { discount, coupon: must(look, 'coupon', coupon) };
  });
  const rate = invoice.automaticTax ? taxRateOf(must(look, 'customer', invoice.customer)) : null;
  return totalsOf(invoice.lines, applied, rate);
}

function sumsOf(look: Look, session: Session): SessionSums {
  if (session.invoice !== null) {
    const { subtotal, discounts, tax, total } = totalsOfInvoice(look, must(look, 'invoice', session.invoice));
    return { subtotal, discount: discounts.reduce((sum, { amount }) => sum + amount, 0), tax, total };
  }
  const prices = session.items.map(({ price, quantity }) => amountOf(must(look, 'price', price), quantity ?? 0));
  const subtotal = session.data.trialEnd === null ? prices.reduce((sum, amount) => sum + amount, 0) : 0;
  return { subtotal, discount: 0, tax: 0, total: subtotal };
}

const wires: { [K in Kind]: (look: Look, object: Kinds[K]) => Wire } = {
  customer: (_, customer) => customerWire(customer),
  product: (_, product) => productWire(product),
  price: (_, price) => priceWire(price),
  payment_method: (_, method) => paymentMethodWire(method),
  payment_intent: ({ pages }, intent) => paymentIntentWire(intent, pages),
  setup_intent: ({ pages }, intent) => setupIntentWire(intent, pages),
  charge: (look, charge) => chargeWire(charge, must(look, 'payment_method', charge.paymentMethod)),
  refund: (_, refund) => refundWire(refund),
  dispute: (_, dispute) => disputeWire(dispute),
  subscription: (look, subscription) => subscriptionWire(subscription, (id) => must(look, 'price', id)),
  subscription_schedule: (_, schedule) => scheduleWire(schedule),
  invoice: (look, invoice) =>
    invoiceWire(invoice, {
      totals: totalsOfInvoice(look, invoice),
      customer: must(look, 'customer', invoice.customer),
      taxIds: look.store.list('tax_id', { customer: invoice.customer }).map(({ type, value }) => ({ type, value })),
      pages: look.pages,
    }),
  invoiceitem: (_, item) => invoiceItemWire(item),
  invoice_payment: (_, payment) => invoicePaymentWire(payment),
  credit_note: ({ pages }, note) => creditNoteWire(note, pages),
  coupon: ({ now }, coupon) => couponWire(coupon, now / 1000),
  promotion_code: (look, code) => promotionCodeWire(code, must(look, 'coupon', code.coupon), look.now / 1000),
  discount: (_, discount) => discountWire(discount),
  'billing.meter': (_, meter) => meterWire(meter),
  'billing.meter_event': (_, event) => meterEventWire(event),
  'checkout.session': (look, session) =>
    sessionWire(session, must(look, 'customer', session.customer), sumsOf(look, session), look.pages),
  'billing_portal.session': ({ pages }, session) => portalSessionWire(session, pages),
  'billing_portal.configuration': (_, configuration) => portalConfigurationWire(configuration),
  tax_id: (_, taxId) => taxIdWire(taxId),
};

export const rendered = <K extends Kind>(look: Look, kind: K, object: Kinds[K]): Wire => wires[kind](look, object);

/** The object of an id, of whatever kind, null where the id is of nothing. */
export function wireOf(look: Look, id: string): Wire | null {
  const kind = look.store.kindOf(id);
  if (kind === null) return null;
  const object = look.store.get(kind, id);
  return object === null ? null : rendered(look, kind, object as never);
}
