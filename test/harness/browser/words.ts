/** Numbers and moments of the API as the pages write them, said here by themselves. */

/** `$1,234.50`. @param cents whole cents */
export const dollars = (cents: number): string =>
  (cents / 100).toLocaleString('en-US', { style: 'currency', currency: 'USD' });
