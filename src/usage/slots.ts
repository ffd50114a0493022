/**
 * Sets of quantities by their bits (meters.ts): who owns what, what was not seen. JavaScript's bit operators know 32 bits, so a
 * set is two halves; the control database keeps the set of an ownership as one 64-bit integer. Pure.
 */

/** As many quantities as there can ever be, the bits that no quantity has yet included. */
export const slotsMax = 64;
const halfBits = 32;

/** Bits 0 to 31 and 32 to 63, each from 0 to 2^32 - 1. */
export interface Slots {
  readonly low: number;
  readonly high: number;
}

export const noSlots: Slots = { low: 0, high: 0 };

/** Every bit, also those of quantities to come: whoever is given all meters owns a new one without being told. */
export const allSlots: Slots = { low: 2 ** halfBits - 1, high: 2 ** halfBits - 1 };

export const hasSlot = (set: Slots, bit: number): boolean =>
  (((bit < halfBits ? set.low : set.high) >>> (bit % halfBits)) & 1) === 1;

const halves = (low: number, high: number): Slots => ({ low: low >>> 0, high: high >>> 0 });

export const withSlot = (set: Slots, bit: number): Slots =>
  bit < halfBits ? halves(set.low | (1 << bit), set.high) : halves(set.low, set.high | (1 << (bit - halfBits)));

export const slotsOf = (bits: readonly number[]): Slots => bits.reduce(withSlot, noSlots);

export const union = (a: Slots, b: Slots): Slots => halves(a.low | b.low, a.high | b.high);

export const intersection = (a: Slots, b: Slots): Slots => halves(a.low & b.low, a.high & b.high);

/** What of `a` is not in `b`. */
export const without = (a: Slots, b: Slots): Slots => halves(a.low & ~b.low, a.high & ~b.high);

export const isEmpty = (set: Slots): boolean => set.low === 0 && set.high === 0;
