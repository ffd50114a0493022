/** Amounts of money. */
const form = new Intl.NumberFormat('en-US', { style: 'currency', currency: 'USD' });

/** `$1,234.50`. @param cents whole cents */
export const moneyText = (cents: number): string => form.format(cents / 100);

/** An amount, with digits of one width so that columns of them line up. */
export function Money({ cents }: { cents: number }) {
  return <span className="tenantry-number">{moneyText(cents)}</span>;
}
