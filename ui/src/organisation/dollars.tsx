/** Amounts of an organisation's billing: decimal dollars with two places on the wire, whole cents here. */
import { Amount } from '../money/numbers.tsx';

export const centsOf = (dollars: number): number => Math.round(dollars * 100);

/** @param of dollars of the API; null where there is no such amount */
export const Dollars = ({ of }: { of: number | null }) => <Amount cents={of === null ? null : centsOf(of)} />;
