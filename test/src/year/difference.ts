/** What one has and the other has not, in words; null where there is nothing. */
export function differenceOf(want: readonly string[], have: readonly string[]): string | null {
  const left = [...have];
  const missing = want.filter((one) => {
    const at = left.indexOf(one);
    if (at >= 0) left.splice(at, 1);
    return at < 0;
  });
  if (missing.length + left.length === 0) return null;
  return `the oracle has ${missing.join(', ') || 'no others'}; ours are ${left.join(', ') || 'no others'}`;
}
