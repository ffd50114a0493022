/** A customer's tax id. Its form is looked at, as Stripe does; no authority is asked. Pure. */
import type { Wire } from '../wire.ts';

const forms: Readonly<Record<string, RegExp>> = {
  au_abn: /^\d{11}$/,
  ca_bn: /^\d{9}$/,
  ch_vat: /^CHE-\d{3}\.\d{3}\.\d{3} (?:MWST|TVA|IVA)$/,
  de_stn: /^\d{9,11}$/,
  eu_vat: /^(?:AT|BE|BG|CY|CZ|DE|DK|EE|EL|ES|FI|FR|HR|HU|IE|IT|LT|LU|LV|MT|NL|PL|PT|RO|SE|SI|SK|XI)[0-9A-Z]{2,13}$/,
  gb_vat: /^GB\d{9}(?:\d{3})?$/,
  no_vat: /^\d{9}MVA$/,
  us_ein: /^\d{2}-\d{7}$/,
};
export const taxIdTypes = Object.keys(forms);

export type TaxId = { id: string; created: number; customer: string; type: string; value: string };

export const isTaxId = (type: string, value: string): boolean => forms[type]?.test(value) ?? false;

const countryOf = ({ type, value }: TaxId): string =>
  type === 'eu_vat' ? value.slice(0, 2).replace('EL', 'GR') : type.slice(0, 2).toUpperCase();

export const taxIdWire = (taxId: TaxId): Wire =>
  ({
    id: taxId.id,
    object: 'tax_id',
    country: countryOf(taxId),
    created: taxId.created,
    customer: taxId.customer,
    customer_account: null,
    livemode: false,
    owner: { customer: taxId.customer, customer_account: null, type: 'customer' },
    type: taxId.type,
    value: taxId.value,
    verification: { status: 'pending', verified_address: null, verified_name: null },
  }) as Wire;
