/** Readers of command line options, for commander. */
import { InvalidArgumentError } from 'commander';

/** A whole number of 1 or more. */
export function wholeNumber(text: string): number {
  const number = Number(text);
  if (!Number.isSafeInteger(number) || number < 1) throw new InvalidArgumentError('must be a whole number above 0');
  return number;
}
