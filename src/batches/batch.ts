/** Orders for many things, some a second: how many are due at an instant. Pure. */
import { secondMs } from '../lib/time.ts';

/** Items of one tick at most, whatever the rate: each costs some statements of D1. */
export const itemsPerTick = 600;

export interface Pace {
  /** Items a second. */
  rate: number;
  matched: number;
  taken: number;
  createdAt: number;
}

/** How many items more are due: a second's worth at once, then `rate` for each second that has passed. */
export function dueItems({ rate, matched, taken, createdAt }: Pace, now: number): number {
  const seconds = 1 + Math.floor(Math.max(0, now - createdAt) / secondMs);
  return Math.max(0, Math.min(itemsPerTick, Math.min(matched, seconds * rate) - taken));
}
