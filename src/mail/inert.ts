/** Somebody's words in a mail that others get, whatever they have called themselves. Pure. */
import { toOneLine } from '../lib/text.ts';

const lengthMax = 80;
/** Where a mail program finds an address in plain text: a dot, slash, colon or @ with something behind it. */
const joints = /([./:@\\])(?=\S)/g;
const wordJoiner = '\u2060';

/** A name as one short line in which no mail program finds an address that it would make a link of. */
export const inert = (name: string): string => {
  const line = toOneLine(name);
  const short = line.length > lengthMax ? `${Array.from(line).slice(0, lengthMax).join('')}…` : line;
  return short.replace(joints, `$1${wordJoiner}`);
};
