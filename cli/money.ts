/** Money as people write it on the command line: dollars, `50` or `49.90`; the API counts in whole cents. */
import { Decimal } from 'decimal.js';
import { invalid } from './command.ts';

const dollarsForm = /^\$?\d{1,9}(?:\.\d{1,2})?$/;

/** Reads an option of money as cents. */
export function centsOf(text: string): number {
  if (!dollarsForm.test(text)) throw invalid('must be dollars, such as 50 or 49.90');
  return new Decimal(text.replace('$', '')).times(100).toNumber();
}
