/**
 * A stub of Stripe Tax: one rate for each of a few countries, none elsewhere. It needs the customer's country and says so where
 * there is none, which is what our Worker has to handle; the rates are no advice.
 */
import type { Customer } from './customer.ts';

const percentByCountry: Readonly<Record<string, number>> = { AT: 20, CH: 8.1, DE: 19, FR: 20, GB: 20, IE: 23, NL: 21 };

export type TaxRate = { id: string; percent: number; reason: string };

/** The rate for a customer, null where it can't be known: without a country. */
export function taxRateOf({ address, taxExempt }: Customer): TaxRate | null {
  const country = address?.country ?? null;
  if (country === null) return null;
  const id = `txr_${country}`;
  if (taxExempt === 'exempt') return { id, percent: 0, reason: 'customer_exempt' };
  if (taxExempt === 'reverse') return { id, percent: 0, reason: 'reverse_charge' };
  const percent = percentByCountry[country];
  return percent === undefined
    ? { id, percent: 0, reason: 'not_collecting' }
    : { id, percent, reason: 'standard_rated' };
}

const rounded = (exact: number): number => Math.sign(exact) * Math.round(Math.abs(exact));

/** Cents of tax on an amount, or in it. */
export const taxOn = (amount: number, percent: number, inclusive: boolean): number =>
  inclusive ? amount - rounded((amount * 100) / (100 + percent)) : rounded((amount * percent) / 100);
