/**
 * Text of others (a job's words, a program's lines, an address) as one harmless line: what would move the cursor, begin
 * another line or turn the reading direction is written out as `\u{…}`. Every line that the platform prints passes here.
 */

/** Controls (C0, C1, with ESC and line ends), line and paragraph separators, and the marks that turn text round. */
const HARMFUL = /[\p{Cc}\p{Zl}\p{Zp}\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/gu;

/** The text in one line. */
export const printable = (text: string): string =>
  text.replaceAll(HARMFUL, (mark) => (mark === '\t' ? ' ' : `\\u{${mark.codePointAt(0)?.toString(16)}}`));

/** The lines of a text of ours that has several, each harmless; empty ones are left out. */
export const printableLines = (text: string): string[] =>
  text
    .split(/\r?\n/)
    .filter((line) => line.trim() !== '')
    .map(printable);
