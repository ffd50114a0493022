/**
 * The form of tax ids, kind by kind as Stripe names them. Whether an authority knows the number is found out at Stripe. A kind that is
 * not here is Stripe's to judge, which it does soon after. Pure.
 */
import type { TaxId } from '../contracts/billing.ts';

const forms: Readonly<Record<string, RegExp>> = {
  au_abn: /^\d{11}$/,
  br_cnpj: /^\d{2}\.?\d{3}\.?\d{3}\/?\d{4}-?\d{2}$/,
  ca_bn: /^\d{9}$/,
  ch_vat: /^CHE-\d{3}\.\d{3}\.\d{3} (?:MWST|TVA|IVA)$/,
  de_stn: /^\d{9,11}$/,
  eu_vat: /^(?:AT|BE|BG|CY|CZ|DE|DK|EE|EL|ES|FI|FR|HR|HU|IE|IT|LT|LU|LV|MT|NL|PL|PT|RO|SE|SI|SK|XI)[0-9A-Z]{2,13}$/,
  gb_vat: /^GB(?:\d{9}(?:\d{3})?|GD\d{3}|HA\d{3})$/,
  in_gst: /^\d{2}[A-Z]{5}\d{4}[A-Z][0-9A-Z]Z[0-9A-Z]$/,
  no_vat: /^\d{9}MVA$/,
  nz_gst: /^\d{8,9}$/,
  us_ein: /^\d{2}-\d{7}$/,
};

/** `eu_vat`, `us_ein`, …: two letters or `eu`, and a word. */
const kindForm = /^[a-z]{2}_[a-z]{2,12}$/;

/** What is wrong with a tax id, as the end of a sentence; null where nothing is to be seen. */
export function faultOf({ type, value }: TaxId): string | null {
  if (!kindForm.test(type)) return `${type} is no kind of tax id that Stripe has, such as eu_vat or us_ein`;
  const form = Object.hasOwn(forms, type) ? forms[type] : undefined;
  return form === undefined || form.test(value) ? null : `does not look like a number of the kind ${type}`;
}
