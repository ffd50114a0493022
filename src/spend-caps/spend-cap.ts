/**
 * What a spend cap comes to: whether it is reached, whom that stops, and of what people are told. It bounds what a period costs, the
 * fee and the overage, before credit and tax (decision 5). Pure.
 */

import type { SuspendedFor } from '../contracts/customers.ts';
import type { CapAction, CapState } from '../contracts/spend-caps.ts';
import type { Period } from '../periods/period.ts';

/** Shares of the cap of which people are told, once each a period, percent. */
const alertPercents = [100, 75, 50] as const;

export interface Cap {
  capCents: number;
  action: CapAction;
  /** The period of the last look, and the highest share of which people were told in it, percent. */
  periodStart: number;
  toldPercent: number;
}

/** What a period costs so far. */
export interface Spent {
  period: Period;
  usedCents: number;
}

export interface Verdict {
  /** Whether the instance should stand for the cap. */
  stops: boolean;
  isReached: boolean;
  /** The share of which people are to be told now, percent; null where nothing is new. A jump is told once, by the highest. */
  alert: number | null;
  /** The highest share of which they have been told then. */
  toldPercent: number;
}

/** Whole percent, rounded down: 100 is reached. */
export const percentOf = (usedCents: number, capCents: number): number =>
  usedCents >= capCents
    ? Math.max(100, Math.floor((usedCents / capCents) * 100))
    : Math.min(99, Math.floor((usedCents / capCents) * 100));

/** Judges a cap. Nobody is stopped below it: what counts is whole cents, not the percentage. */
export function judge(cap: Cap, { period, usedCents }: Spent): Verdict {
  const told = cap.periodStart === period.start ? cap.toldPercent : 0;
  const passed = alertPercents.find((percent) => usedCents * 100 >= cap.capCents * percent) ?? 0;
  const isReached = usedCents >= cap.capCents;
  return {
    isReached,
    stops: isReached && cap.action === 'suspend',
    alert: passed > told ? passed : null,
    toldPercent: Math.max(told, passed),
  };
}

/** The state of a cap whose subscription stands for that reason; null: for none. */
export function stateOf({ isReached }: Verdict, suspendedFor: SuspendedFor | null): CapState {
  if (!isReached) return 'below';
  return suspendedFor === 'spend_cap' ? 'suspended' : 'reached';
}

/** The least cap: a cent above the fee, for at the fee alone the instance would never run. */
export const leastCap = (feeCents: number): number => feeCents + 1;
