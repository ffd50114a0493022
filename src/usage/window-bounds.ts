/** What a window may hold at most: intake judges by it, and the shard's own triggers too (window-triggers.ts). Pure. */
import { quantityBounds } from '../contracts/usage.ts';
import { dayMs, minuteMs } from '../lib/time.ts';
import type { Quantity } from './meters.ts';

/** Clocks differ; what is further ahead of the time of acceptance than this, ms, is a mistake. */
export const aheadMsMax = 5 * minuteMs;

/** The oldest correction that can still be open (spec §3): what ended earlier is not taken. */
export const openDays = 62;
export const openMs = openDays * dayMs;

/** The highest number of base units that a window may have; for an average in one second of the window. */
export const baseUnitsMax = (q: Quantity): number => Math.round(quantityBounds[q.field] * q.baseUnits);
