/**
 * Text of others on a terminal: what a customer typed or a cluster said may hold characters that move the cursor, forge a
 * line or turn one round. Pure. What is shown to people loses them, what is printed as JSON keeps them, escaped.
 */
import stringWidth from 'string-width';

/** Controls (ESC among them) and everything that a terminal or an editor takes for the end of a line. */
const controls = /[\p{Cc}\p{Zl}\p{Zp}]+/gu;
/** Marks, embeddings, overrides and isolates of writing direction, and the byte order mark: all without a width. */
const invisible = /[\p{Bidi_Control}\uFEFF]/gu;

/** Without its direction controls; a lone half of a surrogate pair becomes U+FFFD. */
const readable = (text: string): string => text.toWellFormed().replace(invisible, '');

/** Text of others as one line: each run of controls is a space, blanks at the ends are gone. */
export const oneLine = (text: string): string => readable(text).replace(controls, ' ').trim();

/** A line as it may reach a terminal; its own blanks stay, because tables are made of them. */
export const terminalLine = (line: string): string => readable(line).replace(controls, ' ');

/** Columns that the text takes on a terminal: two for a wide character or an emoji, none for a combining mark. */
export const widthOf = (text: string): number => stringWidth(text);

/** JSON on one line; characters that would act on a terminal are escaped, which a reader of JSON turns back. */
export const jsonText = (value: unknown): string =>
  JSON.stringify(value).replace(
    /[\p{Cc}\p{Zl}\p{Zp}\p{Bidi_Control}\uFEFF]/gu,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
