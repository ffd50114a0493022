/** An invoice's sums from its lines: discounts on what may be discounted, then tax, each in whole cents. Pure. */
import type { Coupon } from './coupon.ts';
import type { Line, LineAmounts } from './line.ts';
import { type TaxRate, taxOn } from './tax.ts';

export type Applied = { discount: string; coupon: Coupon };
export type Totals = {
  lines: LineAmounts[];
  subtotal: number;
  discounts: { discount: string; amount: number }[];
  /** What is on top of the lines, and all tax with what is in them. */
  taxOnTop: number;
  tax: number;
  total: number;
};

const sum = (amounts: readonly number[]): number => amounts.reduce((total, amount) => total + amount, 0);

/** What one coupon takes off each amount: never more than there is, and what rounding leaves goes to the last one. */
function takenOff(amounts: readonly number[], { percentOff, amountOff }: Coupon): number[] {
  const there = sum(amounts);
  const wanted = percentOff === null ? Math.min(amountOff ?? 0, there) : Math.round((there * percentOff) / 100);
  let left = wanted;
  return amounts.map((amount, index) => {
    const isLast = amounts.slice(index + 1).every((later) => later === 0);
    const share = isLast ? Math.min(left, amount) : Math.min(left, Math.round((wanted * amount) / (there || 1)));
    left -= share;
    return share;
  });
}

/** @param rate null: no automatic tax */
export function totalsOf(lines: readonly Line[], applied: readonly Applied[], rate: TaxRate | null): Totals {
  let left = lines.map(({ amount, discountable }) => (discountable && amount > 0 ? amount : 0));
  const taken = applied.map(({ discount, coupon }) => {
    const amounts = takenOff(left, coupon);
    left = left.map((amount, index) => amount - (amounts[index] ?? 0));
    return { discount, amounts };
  });
  const amounts = lines.map((line, index): LineAmounts => {
    const discounts = taken
      .map(({ discount, amounts: each }) => ({ discount, amount: each[index] ?? 0 }))
      .filter(({ amount }) => amount > 0);
    if (rate === null) return { discounts, tax: null };
    const inclusive = line.taxBehavior === 'inclusive';
    const taxable = line.amount - sum(discounts.map(({ amount }) => amount));
    const tax = {
      amount: taxOn(taxable, rate.percent, inclusive),
      taxable,
      inclusive,
      rate: rate.id,
      reason: rate.reason,
    };
    return { discounts, tax };
  });
  const subtotal = sum(lines.map(({ amount }) => amount));
  const discounts = taken.map(({ discount, amounts: each }) => ({ discount, amount: sum(each) }));
  const taxes = amounts.map(({ tax }) => tax).filter((tax) => tax !== null);
  const taxOnTop = sum(taxes.filter(({ inclusive }) => !inclusive).map(({ amount }) => amount));
  const total = subtotal - sum(discounts.map(({ amount }) => amount)) + taxOnTop;
  return { lines: amounts, subtotal, discounts, taxOnTop, tax: sum(taxes.map(({ amount }) => amount)), total };
}
