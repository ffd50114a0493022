/**
 * A line of a rated period: what was counted, how much of it is included, what the rest costs and why. Quantities are exact
 * decimals in the meter's unit; the wire's form and all sentences are made in wire.ts. Pure.
 */
import { type Decimal, toCents } from '../lib/decimal.ts';
import { iso } from '../lib/time.ts';
import type { Period } from '../periods/period.ts';

/** A part of what an allowance covers that another line took. */
export interface Taken {
  meter: string;
  description: string;
  quantity: Decimal;
}

/** Why a line is what it is. */
export type Why =
  /** The plan's own price for the line's share of the period. */
  | { kind: 'fee' }
  /** A trial has no fee. */
  | { kind: 'trial_fee' }
  /** A yearly fee is no part of a period of usage. */
  | { kind: 'yearly_fee' }
  /** The list shows the meter at a price of 0. */
  | { kind: 'not_billed' }
  /** Everything is included. `own`: by an allowance of the customer's own. `allowance`: its name, here and below. */
  | { kind: 'unlimited'; allowance: string; own: boolean }
  /**
   * The period's pooled allowance. `unlimited` is what was used under a plan without limit, which takes nothing from the
   * pool; `others` are the lines that took the rest of it.
   */
  | { kind: 'pool'; allowance: string; size: Decimal; own: boolean; unlimited: Decimal; others: readonly Taken[] }
  /** A level: the stretch's peak above what its plan includes, for its share of the period. `others` draw on the same. */
  | { kind: 'level'; allowance: string; peak: Decimal; included: Decimal; own: boolean; others: readonly Taken[] };

export interface Line {
  /** Stable: meter, tier and start, e.g. `cpu_core_ms/-/2026-11-01T00:00:00.000Z`. Unique in a rated period. */
  id: string;
  meter: string;
  kind: 'fee' | 'usage';
  /** The first and last instant that the line counts for, ms. */
  from: number;
  to: number;
  /** What of that it counts for: its price may have been another in between. In time order, apart from each other. */
  spans: readonly Period[];
  /** The plan's slug and version at `from`. */
  plan: string;
  version: string;
  description: string;
  unit: string;
  /** `included + billable`. */
  quantity: Decimal;
  included: Decimal;
  billable: Decimal;
  /** The tier, or how the price counts, for people; null for a price per unit. */
  tier: string | null;
  unitPrice: string;
  /** Of the period: what a fee, a level or a flat price is prorated by; 1 where nothing is. */
  share: Decimal;
  amountCents: number;
  /** Whether the price is the customer's own. */
  ownPrice: boolean;
  why: Why;
}

/** An amount that whole cents below 2^53 cannot say. The bounds of catalogue and overrides keep it from happening. */
export class AmountOutOfRange extends Error {
  override name = 'AmountOutOfRange';
  constructor(what: string, amount: string) {
    super(`${what} is ${amount}: more than can be billed exactly`);
  }
}

export const lineId = (meter: string, tier: string, from: number): string => `${meter}/${tier}/${iso(from)}`;

/** Dollars as whole cents, rounded once. @throws AmountOutOfRange */
export function centsOf(id: string, dollars: Decimal): number {
  const cents = toCents(dollars);
  if (!Number.isSafeInteger(cents)) throw new AmountOutOfRange(id, `${dollars} dollars`);
  return cents;
}
