/**
 * Lines of CSV (RFC 4180), for files that people open in a spreadsheet: a text that would begin a formula there gets an
 * apostrophe before it, which spreadsheets do not show (OWASP, CSV injection). Numbers stay numbers.
 */

export type Cell = string | number | boolean | null | undefined;

/** A leading blank does not keep a spreadsheet from reading a formula. */
const formula = /^\s*[=+\-@\t\r\n]/;

const written = (cell: Cell): string => {
  const text = cell == null ? '' : String(cell);
  const safe = typeof cell === 'string' && formula.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
};

/** One line with its end. */
export const csvLine = (cells: readonly Cell[]): string => `${cells.map(written).join(',')}\r\n`;
