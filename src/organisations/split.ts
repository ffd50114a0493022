/** Splits whole cents without losing or making one. Pure. */

/**
 * The cents by weight, each share rounded down, and what is left by one cent each to the largest remainders (the first of
 * equals). Equal shares where all weights are 0.
 * @param weights whole numbers, 0 or more
 */
export function splitCents(cents: number, weights: readonly number[]): number[] {
  if (weights.length === 0) return [];
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  const parts = total === 0 ? weights.map(() => 1n) : weights.map(BigInt);
  const whole = parts.reduce((sum, part) => sum + part, 0n);
  const exact = parts.map((part) => BigInt(cents) * part);
  const shares = exact.map((share) => Number(share / whole));
  const left = cents - shares.reduce((sum, share) => sum + share, 0);
  const order = exact
    .map((share, i) => ({ i, remainder: share % whole }))
    .sort((a, b) => (a.remainder === b.remainder ? a.i - b.i : a.remainder > b.remainder ? -1 : 1));
  for (const { i } of order.slice(0, left)) shares[i] = (shares[i] ?? 0) + 1;
  return shares;
}
