/** A customer's billing settings: what is set, what that leaves as it is, and what of it Stripe is told. Pure. */
import type { BillingBody, BillingRefusal, ShownAddress, TaxExempt, TaxId } from '../contracts/billing.ts';

/** A null is not set. */
export interface Settings {
  collection: 'card' | 'invoice' | null;
  netDays: number | null;
  taxExempt: TaxExempt | null;
  poNumber: string | null;
  taxIds: readonly TaxId[] | null;
  address: ShownAddress | null;
  /** The version of the settings that set the address or took it back; null: an address is what Stripe told us. */
  addressVersion: number | null;
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
  addressVersion: null,
  billingEmail: null,
};

/** What only the seller decides: whether it trusts the customer to pay later, and whether tax is due. */
export const sellersFields = ['collection', 'net_days', 'tax_exempt'] as const satisfies readonly (keyof BillingBody)[];

const or = <T>(given: T | undefined, before: T): T => (given === undefined ? before : given);

/** The settings after a call that names some of them. */
export function withGiven(before: (Settings & { version: number }) | null, given: BillingBody): Settings {
  const was = before ?? nothing;
  return {
    collection: or(given.collection, was.collection),
    netDays: or(given.net_days, was.netDays),
    taxExempt: or(given.tax_exempt, was.taxExempt),
    poNumber: or(given.po_number, was.poNumber),
    taxIds: or<readonly TaxId[] | null>(given.tax_ids, was.taxIds),
    address: or(given.address, was.address),
    addressVersion: given.address === undefined ? was.addressVersion : (before?.version ?? 0) + 1,
    billingEmail: or(given.billing_email, was.billingEmail),
  };
}

interface AddressAtStripe {
  address: ShownAddress | null;
  addressVersion: number | null;
  sentVersion: number;
  refused: readonly BillingRefusal[];
}

const isAddressRefused = ({ refused }: Pick<AddressAtStripe, 'refused'>): boolean =>
  refused.some(({ field }) => field === 'address');

/** Whether Stripe has to be told of the address: one that nobody set or took back here is the customer's own, at Stripe. */
export const isAddressOurs = (row: AddressAtStripe): boolean =>
  row.addressVersion !== null && (row.addressVersion > row.sentVersion || isAddressRefused(row));

const parts = ['line1', 'line2', 'city', 'postal_code', 'state', 'country'] as const;
const isSameAddress = (one: ShownAddress | null, other: ShownAddress | null): boolean =>
  parts.every((part) => one?.[part] === other?.[part]);

/**
 * Whether the address that Stripe shows takes the place of the one that stands.
 * @param before the one that Stripe showed last; undefined where that is not known
 */
export function isNewAtStripe(
  row: AddressAtStripe,
  shown: ShownAddress | null,
  before: ShownAddress | null | undefined,
): boolean {
  if (isSameAddress(shown, row.address)) return false;
  if (row.addressVersion !== null && row.addressVersion > row.sentVersion) return false;
  // Of one that was refused here Stripe goes on showing the one before: only another one is newer.
  return !isAddressRefused(row) || (before !== undefined && !isSameAddress(shown, before));
}

/** Stripe's refusal of a part, in terms of our fields. */
export const refusalOf = ({ code }: { code: string }, field: string): BillingRefusal => ({
  field,
  code,
  message: `Stripe does not take it: ${code}`,
});
