/** Draws for random stories; the same seed draws the same. */
import { type Seeded, seeded } from '../../bench/support/random.ts';

export class Draw {
  readonly #random: Seeded;
  constructor(seed: number) {
    this.#random = seeded(Math.imul(seed + 1, 2_654_435_761));
  }
  /** From `min` to `max`, both possible. */
  int(min: number, max: number): number {
    return min + Math.floor(this.#random.fraction() * (max - min + 1));
  }
  chance(of: number): boolean {
    return this.#random.fraction() < of;
  }
  pick<T>(list: readonly T[]): T {
    return this.#random.pick(list);
  }
  some<T>(list: readonly T[], chance: number): T[] {
    return list.filter(() => this.chance(chance));
  }
  /** A decimal of few digits, so that ties happen; at times with zeros behind that say nothing. */
  decimal(max = 999): string {
    const places = this.int(0, 4);
    const digits = String(this.int(0, max)).padStart(places + 1, '0');
    const text = places === 0 ? digits : `${digits.slice(0, -places)}.${digits.slice(-places)}`;
    return this.chance(0.1) ? rewritten(text) : text;
  }
}

/** The same decimal in other writing. */
export const rewritten = (decimal: string): string => (decimal.includes('.') ? `${decimal}00` : `${decimal}.0`);
