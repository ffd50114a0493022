/** Lines of invoices, and invoice items that wait for an invoice. Pure. */
import type { Wire } from '../wire.ts';

export type Line = {
  id: string;
  /** Cents; a credit is negative. */
  amount: number;
  currency: string;
  description: string | null;
  discountable: boolean;
  metadata: Record<string, string>;
  /** Unix seconds. */
  period: { start: number; end: number };
  quantity: number | null;
  price: string | null;
  product: string | null;
  unitAmount: string | null;
  taxBehavior: 'exclusive' | 'inclusive' | 'unspecified';
  proration: boolean;
  subscription: string | null;
  subscriptionItem: string | null;
  /** The invoice item that it came from, where there was one. */
  invoiceItem: string | null;
};

export type InvoiceItem = {
  id: string;
  created: number;
  customer: string;
  /** The invoice that took it; null: it waits for the next one. */
  invoice: string | null;
  line: Line;
};

export type LineAmounts = {
  discounts: { discount: string; amount: number }[];
  tax: { amount: number; taxable: number; inclusive: boolean; rate: string; reason: string } | null;
};

const parentOf = (line: Line) => {
  const prorationDetails = line.proration ? { credited_items: null } : null;
  return line.subscriptionItem === null
    ? {
        type: 'invoice_item_details',
        subscription_item_details: null,
        invoice_item_details: {
          invoice_item: line.invoiceItem ?? line.id.replace(/^il_/, 'ii_'),
          proration: line.proration,
          proration_details: prorationDetails,
          subscription: line.subscription,
        },
      }
    : {
        type: 'subscription_item_details',
        invoice_item_details: null,
        subscription_item_details: {
          invoice_item: line.invoiceItem,
          proration: line.proration,
          proration_details: prorationDetails,
          subscription: line.subscription,
          subscription_item: line.subscriptionItem,
        },
      };
};

const pricingOf = (line: Line) =>
  line.price === null || line.product === null
    ? null
    : {
        price_details: { price: line.price, product: line.product },
        type: 'price_details',
        unit_amount_decimal: line.unitAmount,
      };

export const lineWire = (line: Line, invoice: string | null, { discounts, tax }: LineAmounts): Wire =>
  ({
    id: line.id,
    object: 'line_item',
    amount: line.amount,
    currency: line.currency,
    description: line.description,
    discount_amounts: discounts,
    discountable: line.discountable,
    discounts: [],
    invoice,
    livemode: false,
    metadata: line.metadata,
    parent: parentOf(line),
    period: line.period,
    pretax_credit_amounts: discounts.map(({ discount, amount }) => ({ amount, discount, type: 'discount' })),
    pricing: pricingOf(line),
    quantity: line.quantity,
    quantity_decimal: line.quantity === null ? null : String(line.quantity),
    subscription: line.subscription,
    subtotal: line.amount,
    taxes: tax === null ? [] : [taxWire(tax)],
  }) as Wire;

export const taxWire = (tax: NonNullable<LineAmounts['tax']>) => ({
  amount: tax.amount,
  tax_behavior: tax.inclusive ? 'inclusive' : 'exclusive',
  tax_rate_details: { tax_rate: tax.rate },
  taxability_reason: tax.reason,
  taxable_amount: tax.taxable,
  type: 'tax_rate_details',
});

export const invoiceItemWire = ({ id, created, customer, invoice, line }: InvoiceItem): Wire =>
  ({
    id,
    object: 'invoiceitem',
    amount: line.amount,
    currency: line.currency,
    customer,
    customer_account: null,
    date: created,
    description: line.description,
    discountable: line.discountable,
    discounts: [],
    invoice,
    livemode: false,
    metadata: line.metadata,
    net_amount: line.amount,
    parent:
      line.subscription === null
        ? null
        : {
            type: 'subscription_details',
            subscription_details: { subscription: line.subscription, subscription_item: line.subscriptionItem },
          },
    period: line.period,
    pricing: pricingOf(line),
    proration: line.proration,
    quantity: line.quantity ?? 1,
    quantity_decimal: String(line.quantity ?? 1),
    tax_rates: [],
    test_clock: null,
  }) as Wire;
