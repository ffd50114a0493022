/** Amounts of money as text. In a cell of a table they stand in a `tenantry-number`, so that columns of them line up. */
const form = new Intl.NumberFormat('en-US', { style: 'currency', currency: 'USD' });

/** `$1,234.50`. @param cents whole cents */
export const moneyText = (cents: number): string => form.format(cents / 100);
