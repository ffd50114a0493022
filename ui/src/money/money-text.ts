/** Amounts of money as text. In a list they stand in an `Amount` (numbers.tsx). */
const form = new Intl.NumberFormat('en-US', { style: 'currency', currency: 'USD' });

/** `$1,234.50`. @param cents whole cents */
export const moneyText = (cents: number): string => form.format(cents / 100);

/**
 * The price of a unit, `$0.0000005`, exact: it may be far below a cent. Two places at least.
 * @param dollars a decimal string of the API
 */
export function priceText(dollars: string): string {
  const [whole = '0', places = ''] = dollars.split('.');
  return `$${BigInt(whole).toLocaleString('en-US')}.${places.padEnd(2, '0')}`;
}
