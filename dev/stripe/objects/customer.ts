/** A customer of Stripe's. Pure. */
import type { Wire } from '../wire.ts';

export type Address = {
  city: string | null;
  country: string | null;
  line1: string | null;
  line2: string | null;
  postal_code: string | null;
  state: string | null;
};

export type Customer = {
  id: string;
  /** Unix time in seconds. */
  created: number;
  email: string | null;
  name: string | null;
  description: string | null;
  phone: string | null;
  metadata: Record<string, string>;
  address: Address | null;
  /** That of its first subscription or invoice; it never changes after that. */
  currency: string | null;
  /** Cents; what is below zero pays for the next invoice. */
  balance: number;
  delinquent: boolean;
  /** Shown on its invoices; absent in rows of an older stand-in. */
  customFields?: { name: string; value: string }[] | null;
  defaultPaymentMethod: string | null;
  taxExempt: 'none' | 'exempt' | 'reverse';
  nextInvoice: number;
  deleted: boolean;
};

const prefixOf = (id: string) => id.slice(-8).toUpperCase();

/** `ABCDEFGH-0001`: of that customer, counted from 1. */
export const invoiceNumber = (customer: Customer, sequence: number): string =>
  `${prefixOf(customer.id)}-${String(sequence).padStart(4, '0')}`;

export const customerWire = (customer: Customer): Wire => {
  if (customer.deleted) return { id: customer.id, object: 'customer', deleted: true } as Wire;
  return {
    id: customer.id,
    object: 'customer',
    address: customer.address,
    balance: customer.balance,
    created: customer.created,
    currency: customer.currency,
    customer_account: null,
    default_source: null,
    delinquent: customer.delinquent,
    description: customer.description,
    discount: null,
    email: customer.email,
    invoice_prefix: prefixOf(customer.id),
    invoice_settings: {
      custom_fields: customer.customFields ?? null,
      default_payment_method: customer.defaultPaymentMethod,
      footer: null,
      rendering_options: null,
    },
    livemode: false,
    metadata: customer.metadata,
    name: customer.name,
    next_invoice_sequence: customer.nextInvoice,
    phone: customer.phone,
    preferred_locales: [],
    shipping: null,
    tax_exempt: customer.taxExempt,
    test_clock: null,
  } as Wire;
};
