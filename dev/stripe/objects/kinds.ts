/** Every kind of object that the stand-in keeps, and what each is looked up by. */
import type { Charge, Dispute, Refund } from './charge.ts';
import type { Coupon, Discount, PromotionCode } from './coupon.ts';
import type { CreditNote } from './credit-note.ts';
import type { Customer } from './customer.ts';
import type { InvoicePayment, PaymentIntent, SetupIntent } from './intent.ts';
import type { Invoice } from './invoice.ts';
import type { InvoiceItem } from './line.ts';
import type { Meter, MeterEvent } from './meter.ts';
import type { PaymentMethod } from './payment-method.ts';
import type { PortalConfiguration, PortalSession } from './portal.ts';
import type { Price, Product } from './product.ts';
import type { Schedule } from './schedule.ts';
import type { Session } from './session.ts';
import type { Subscription } from './subscription.ts';
import type { TaxId } from './tax-id.ts';

export type Kinds = {
  customer: Customer;
  product: Product;
  price: Price;
  payment_method: PaymentMethod;
  payment_intent: PaymentIntent;
  setup_intent: SetupIntent;
  charge: Charge;
  refund: Refund;
  dispute: Dispute;
  subscription: Subscription;
  subscription_schedule: Schedule;
  invoice: Invoice;
  invoiceitem: InvoiceItem;
  invoice_payment: InvoicePayment;
  credit_note: CreditNote;
  coupon: Coupon;
  promotion_code: PromotionCode;
  discount: Discount;
  'billing.meter': Meter;
  'billing.meter_event': MeterEvent;
  'checkout.session': Session;
  'billing_portal.session': PortalSession;
  'billing_portal.configuration': PortalConfiguration;
  tax_id: TaxId;
};
export type Kind = keyof Kinds;

type Lookups = { customer: string | null; parent: string | null; key: string | null };
const none: Lookups = { customer: null, parent: null, key: null };
const ofCustomer = ({ customer }: { customer: string | null }) => ({ customer });

const lookups: { [K in Kind]: (object: Kinds[K]) => Partial<Lookups> } = {
  customer: ({ email }) => ({ key: email }),
  product: () => none,
  price: ({ product, lookupKey }) => ({ parent: product, key: lookupKey }),
  payment_method: ofCustomer,
  payment_intent: ofCustomer,
  setup_intent: ofCustomer,
  charge: ({ customer, paymentIntent }) => ({ customer, parent: paymentIntent }),
  refund: ({ customer, charge }) => ({ customer, parent: charge }),
  dispute: ({ customer, charge }) => ({ customer, parent: charge }),
  subscription: ({ customer, status }) => ({ customer, key: status }),
  subscription_schedule: ({ customer, subscription }) => ({ customer, parent: subscription }),
  invoice: ({ customer, subscription, status }) => ({ customer, parent: subscription, key: status }),
  invoiceitem: ({ customer, invoice, line }) => ({ customer, parent: invoice, key: line.subscription }),
  invoice_payment: ({ invoice, paymentIntent }) => ({ parent: invoice, key: paymentIntent }),
  credit_note: ({ customer, invoice }) => ({ customer, parent: invoice }),
  coupon: () => none,
  promotion_code: ({ code, coupon, customer }) => ({ key: code.toLowerCase(), parent: coupon, customer }),
  discount: ({ customer, subscription }) => ({ customer, parent: subscription }),
  'billing.meter': ({ eventName }) => ({ key: eventName }),
  'billing.meter_event': ({ customer, meter, identifier }) => ({ customer, parent: meter, key: identifier }),
  'checkout.session': ({ customer, subscription, status }) => ({ customer, parent: subscription, key: status }),
  'billing_portal.session': ofCustomer,
  'billing_portal.configuration': () => none,
  tax_id: ofCustomer,
};

export const lookupsOf = <K extends Kind>(kind: K, object: Kinds[K]): Lookups => ({
  ...none,
  ...lookups[kind](object),
});

export const isKind = (name: string): name is Kind => Object.hasOwn(lookups, name);
