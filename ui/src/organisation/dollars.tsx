/** Amounts of an organisation's billing: decimal dollars with two places on the wire, whole cents here. */
import { moneyText } from '../money/money-text.ts';
import { common } from '../texts/common.ts';

export const centsOf = (dollars: number): number => Math.round(dollars * 100);

/** @param of dollars of the API; null where there is no such amount */
export function Dollars({ of }: { of: number | null }) {
  return <span className="tenantry-number">{of === null ? common.none : moneyText(centsOf(of))}</span>;
}
