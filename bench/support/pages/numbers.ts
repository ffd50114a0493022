/**
 * Numbers of the API's answers as a page writes them: amounts, quantities of usage, and rows of a list. Owns which of an answer's
 * fields are such, by their names; whether a page has them, look.ts sees.
 */
import { dollars, money } from '../../../test/harness/browser/words.ts';

/** Texts of which one is how the page writes it. */
export type Shown = { field: string; texts: string[] };

/** Below that a number stands on a page by chance. */
const centsMin = 100;
/** As pages show quantities. */
const quantity = (value: number): string => value.toLocaleString('en-US', { maximumFractionDigits: 3 });

function textsOf(field: string, value: number): string[] {
  if (/_cents$/.test(field)) return Math.abs(value) < centsMin ? [] : [dollars(value), dollars(-value)];
  if (/^(?:\w+_)?hours$/.test(field)) return Number.isInteger(value) ? [] : [quantity(value)];
  const isMoney = /total|cost|amount|billed/.test(field) && !Number.isInteger(value);
  return isMoney ? [money(value)] : [];
}

/** Every number of an answer that can be known again on a page. */
export function numbersIn(answer: unknown, field = ''): Shown[] {
  if (Array.isArray(answer)) return answer.flatMap((one) => numbersIn(one, field));
  if (typeof answer === 'object' && answer !== null)
    return Object.entries(answer).flatMap(([name, value]) => numbersIn(value, name));
  if (typeof answer !== 'number') return [];
  const texts = textsOf(field, answer);
  return texts.length === 0 ? [] : [{ field, texts }];
}

/** How many rows a list that was answered has; null where the answer is none, or has none. */
export function rowsIn(answer: unknown): number | null {
  const items =
    (answer as { items?: unknown } | null)?.items ?? (answer as { data?: { items?: unknown } } | null)?.data?.items;
  return Array.isArray(items) && items.length > 0 ? items.length : null;
}
