/** Numbers and names as the pages write them, said here by themselves. */

const form = new Intl.NumberFormat('en-US', { style: 'currency', currency: 'USD' });

/** `$1,234.50`. @param amount dollars */
export const money = (amount: number): string => form.format(amount);

/** `$1,234.50`. @param cents whole cents */
export const dollars = (cents: number): string => money(cents / 100);

/** A company's name that is a script, of several writings, long, and breaks what does not expect it. */
export const hostileName = '<img src=x onerror="document.title=\'gone\'"> ﷽ & Söhne "GmbH"';
