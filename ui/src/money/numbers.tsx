/** Numbers as lists show them: each place of one is as wide as every other, so that columns of them line up. */
import type { ReactNode } from 'react';
import { common } from '../texts/common.ts';
import { moneyText } from './money-text.ts';
import { quantityText } from './quantity-text.ts';

export const Digits = ({ children }: { children: ReactNode }) => <span className="tenantry-number">{children}</span>;

/** @param cents whole cents; null where there is no such amount */
export const Amount = ({ cents }: { cents: number | null }) => (
  <Digits>{cents === null ? common.none : moneyText(cents)}</Digits>
);

/** @param of null or undefined where it was not measured */
export const Quantity = ({ of }: { of: string | number | null | undefined }) => (
  <Digits>{of === null || of === undefined ? common.none : quantityText(of)}</Digits>
);
