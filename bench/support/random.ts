/** Randomness that can be had again: the same seed gives the same points. Not for secrets. */

export type Seeded = {
  /** 0 ≤ x < 1 */
  fraction: () => number;
  /** An element of a list that is not empty. */
  pick: <T>(list: readonly T[]) => T;
  /** The list in another order; the list itself stays as it is. */
  shuffled: <T>(list: readonly T[]) => T[];
};

/** mulberry32: 32 bits of state, good enough to scatter points, a few lines. */
export function seeded(seed: number): Seeded {
  let state = seed >>> 0;
  const fraction = () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  const pick = <T>(list: readonly T[]): T => {
    const [found] = list.slice(Math.floor(fraction() * list.length));
    if (found === undefined) throw new Error('there is nothing to pick from');
    return found;
  };
  const shuffled = <T>(list: readonly T[]): T[] =>
    list
      .map((item) => ({ item, at: fraction() }))
      .sort((a, b) => a.at - b.at)
      .map(({ item }) => item);
  return { fraction, pick, shuffled };
}
