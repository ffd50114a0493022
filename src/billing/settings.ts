/** A customer's billing settings: what is set, what that leaves as it is, and what of it Stripe is told. Pure. */
import type { BillingAddress, BillingBody, BillingRefusal, TaxExempt, TaxId } from '../contracts/billing.ts';

/** A null is not set. */
export interface Settings {
  collection: 'card' | 'invoice' | null;
  netDays: number | null;
  taxExempt: TaxExempt | null;
  poNumber: string | null;
  taxIds: readonly TaxId[] | null;
  address: BillingAddress | null;
  billingEmail: string | null;
}

/** What stands for a setting that is not set. */
export const defaultNetDays = 30;

const nothing: Settings = {
  collection: null,
  netDays: null,
  taxExempt: null,
  poNumber: null,
  taxIds: null,
  address: null,
  billingEmail: null,
};

/** What only the seller decides: whether it trusts the customer to pay later, and whether tax is due. */
export const sellersFields = ['collection', 'net_days', 'tax_exempt'] as const satisfies readonly (keyof BillingBody)[];

const or = <T>(given: T | undefined, before: T): T => (given === undefined ? before : given);

/** The settings after a call that names some of them. */
export function withGiven(before: Settings | null, given: BillingBody): Settings {
  const was = before ?? nothing;
  return {
    collection: or(given.collection, was.collection),
    netDays: or(given.net_days, was.netDays),
    taxExempt: or(given.tax_exempt, was.taxExempt),
    poNumber: or(given.po_number, was.poNumber),
    taxIds: or<readonly TaxId[] | null>(given.tax_ids, was.taxIds),
    address: or(given.address, was.address),
    billingEmail: or(given.billing_email, was.billingEmail),
  };
}

/** Stripe's refusal of a part, in terms of our fields. */
export const refusalOf = ({ code }: { code: string }, field: string): BillingRefusal => ({
  field,
  code,
  message: `Stripe does not take it: ${code}`,
});
