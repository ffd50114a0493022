/**
 * Entries as lines of text, each with its checksum: a line that was cut off by a kill or a full disk is seen and left out.
 * Owns the form; where the lines are kept is a store's.
 */
import { apply, type Entry, emptyLedger, type Ledger } from './ledger.ts';

const table = Uint32Array.from({ length: 256 }, (_, n) => {
  let value = n;
  for (let bit = 0; bit < 8; bit++) value = value & 1 ? 0xedb88320 ^ (value >>> 1) : value >>> 1;
  return value;
});
const encoder = new TextEncoder();

/** CRC-32 of a text's UTF-8, eight hex digits. */
function checksum(text: string): string {
  let value = 0xffffffff;
  for (const byte of encoder.encode(text)) value = (table[(value ^ byte) & 0xff] ?? 0) ^ (value >>> 8);
  return ((value ^ 0xffffffff) >>> 0).toString(16).padStart(8, '0');
}

export const lineOf = (entry: Entry): string => {
  const text = JSON.stringify(entry);
  return `${checksum(text)} ${text}`;
};

function entryOf(line: string): Entry | null {
  const text = line.slice(9);
  return line[8] === ' ' && checksum(text) === line.slice(0, 8) ? (JSON.parse(text) as Entry) : null;
}

/** What the lines say. `damaged`: lines that are not whole; the last one may be cut off by a kill. */
export function replay(lines: readonly string[]): { ledger: Ledger; damaged: number } {
  const ledger = emptyLedger();
  let damaged = 0;
  for (const line of lines) {
    const entry = entryOf(line);
    if (entry) apply(ledger, entry);
    else if (line !== '') damaged++;
  }
  return { ledger, damaged };
}
