/** Numbers and names as the pages write them, said here by themselves. */

const form = new Intl.NumberFormat('en-US', { style: 'currency', currency: 'USD' });

/** `$1,234.50`. @param amount dollars */
export const money = (amount: number): string => form.format(amount);

/** `$1,234.50`. @param cents whole cents */
export const dollars = (cents: number): string => money(cents / 100);

/** A company's name that is a script, of several writings, long, and breaks what does not expect it. Also a label, a key, a reason. */
export const hostileName = '<img src=x onerror="document.title=\'gone\'"> ﷽ & Söhne "GmbH"';

/** The longest email that is taken, with every sign that it may have. */
export const hostileEmail = `o'${'neill+_-'.repeat(7)}1.2@${'example-'.repeat(7)}.example.com`;
