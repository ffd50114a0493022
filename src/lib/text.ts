/**
 * Text from outside that is shown as one line: a control character, a line separator or a bidi control in it would forge
 * a second line, colour a terminal or turn the rest of the line round.
 */

/** C0, DEL, C1, the two separators of Unicode, and the bidi embeddings, overrides and isolates. Marks (U+200E, U+200F) may stand. */
const forgingChars = '\\u0000-\\u001f\\u007f-\\u009f\\u2028\\u2029\\u202a-\\u202e\\u2066-\\u2069';
const forging = new RegExp(`[${forgingChars}]+`, 'g');

/** A line that is not blank, for whoever reads a schema; what is taken is told by `isOneLine`. */
export const linePattern = `^[^${forgingChars}]*[^\\s${forgingChars}][^${forgingChars}]*$`;

/** A terminal's sequences: `ESC [ … m` and its like, `ESC ] … BEL`, and the same begun by a C1 character. */
const sequences =
  // biome-ignore lint/suspicious/noControlCharactersInRegex: finding control characters is the point
  /(?:\u001b\[|\u009b)[0-?]*[ -/]*[@-~]|(?:\u001b\]|\u009d)[^\u0007\u001b\u009c]*(?:\u0007|\u001b\\|\u009c)?/g;

/** Whether the text can stand in one line as it is. */
export const isOneLine = (text: string): boolean => text.search(forging) === -1 && text.isWellFormed();

/** The text as one line: terminal sequences are taken out, each run of other such characters becomes a space. */
export const toOneLine = (text: string): string =>
  text.toWellFormed().replace(sequences, '').replace(forging, ' ').trim();

/** The text with such characters written as `\uXXXX`, as JSON may have them; for JSON that a terminal shows. */
export const escapeForging = (text: string): string =>
  text.replace(forging, (run) =>
    Array.from(run, (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`).join(''),
  );

/** The text as a search compares it: case, width and ligatures do not matter, in any script. (Upper case, because Greek has two small sigmas.) */
export const foldCase = (text: string): string => text.normalize('NFKC').toUpperCase().normalize('NFC');
