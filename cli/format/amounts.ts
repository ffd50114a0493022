/** Money, quantities and times as people read them. Display only: rounding here never meets a sum. Pure. */
import { Decimal } from 'decimal.js';
import type { QuantityField } from '../../src/contracts/usage.ts';
import { grouped, readablePrice } from '../../src/lib/decimal.ts';

const shownDecimals = 3;
const bytesPerGb = 2 ** 30;
const bytesPerMb = 2 ** 20;

/** Integer cents as dollars: `$1,234.50`, `-$0.05`. */
export function dollars(cents: number): string {
  const magnitude = new Decimal(cents).abs().div(100);
  return `${cents < 0 ? '-' : ''}$${grouped(magnitude.toFixed(2))}`;
}

/** A decimal of the wire (or a number) with thousands apart and at most three decimals; what is less shows as `<0.001`. */
export function quantity(value: string | number): string {
  const exact = new Decimal(value);
  const shown = exact.toDecimalPlaces(shownDecimals);
  if (shown.isZero() && !exact.isZero()) return `${exact.isNegative() ? '>-' : '<'}0.001`;
  return grouped(shown.toFixed());
}

/** A unit's price: `$0.05`, or `$0.50 per 1,000,000` where a unit's is unreadable. */
export function price(unitPrice: string): string {
  const { dollars, per } = readablePrice(unitPrice);
  return per === 1 ? dollars : `${dollars} per ${grouped(String(per))}`;
}

/** `1 customer`, `1,200 customers`. */
export const counted = (count: number, noun: string): string =>
  `${grouped(String(count))} ${noun}${count === 1 ? '' : 's'}`;

/** Bytes in GB of 2^30, or in MB below a tenth of that. */
export function bytes(value: number): string {
  if (value === 0) return '0';
  return value < bytesPerGb / 10 ? `${quantity(value / bytesPerMb)} MB` : `${quantity(value / bytesPerGb)} GB`;
}

/** A wire quantity by its field: fields in bytes are shown in GB or MB, all others as they are. */
export const fieldQuantity = (field: QuantityField, value: number | undefined): string => {
  if (value === undefined) return '-';
  return field.includes('bytes') ? bytes(value) : quantity(value);
};

/** `2026-11-21 10:00` of an ISO instant, UTC. */
export const minuteOf = (instant: string): string => instant.slice(0, 16).replace('T', ' ');

/** The same, and a dash where there is none. */
export const minuteOrDash = (instant: string | null | undefined): string => (instant ? minuteOf(instant) : '-');

/** `2026-11-21` of an ISO instant, UTC. */
export const dateOf = (instant: string): string => instant.slice(0, 10);

/** Milliseconds as seconds with one decimal: `12.3 s`. */
export const seconds = (ms: number): string => `${(ms / 1000).toFixed(1)} s`;
