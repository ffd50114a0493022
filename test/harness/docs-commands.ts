/**
 * The commands of a document and what it says that they print, and whether that is so. A block of ```console holds
 * commands (`$ …`; a line that ends in `\` goes on) each with its output; a block of ```sh holds commands alone.
 * In an output, `…` stands for any text of a line, and a line that is only `…` for any number of lines. Ids, times,
 * dates, ports and durations differ from run to run: both sides are compared without them.
 */
import { readFileSync } from 'node:fs';

export interface DocCommand {
  /** Of the command in the document, from 1. */
  line: number;
  command: string;
  /** The lines under it. */
  shown: string[];
}

interface Block {
  language: string;
  /** Of its first line of content, from 1. */
  line: number;
  lines: string[];
}

const ELLIPSIS = '…';

function blocksOf(file: string): Block[] {
  const blocks: Block[] = [];
  let open: Block | null = null;
  for (const [n, text] of readFileSync(file, 'utf8').split('\n').entries()) {
    const fence = /^```(\w*)\s*$/.exec(text);
    if (fence === null) open?.lines.push(text);
    else if (open === null) open = { language: fence[1] ?? '', line: n + 2, lines: [] };
    else {
      blocks.push(open);
      open = null;
    }
  }
  return blocks;
}

/** The commands of a document's ```console blocks, in order. */
export function consoleCommands(file: string): DocCommand[] {
  return blocksOf(file)
    .filter(({ language }) => language === 'console')
    .flatMap(({ line, lines }) => {
      const commands: DocCommand[] = [];
      let continues = false;
      for (const [n, text] of lines.entries()) {
        const last = commands.at(-1);
        if (text.startsWith('$ ')) commands.push({ line: line + n, command: text.slice(2), shown: [] });
        else if (continues && last !== undefined) last.command += `\n${text}`;
        else last?.shown.push(text);
        continues = text.endsWith('\\') && (text.startsWith('$ ') || continues);
      }
      return commands;
    });
}

/** The texts of a document's ```sh blocks, in order. */
export const shellBlocks = (file: string): { line: number; text: string }[] =>
  blocksOf(file)
    .filter(({ language }) => language === 'sh')
    .map(({ line, lines }) => ({ line, text: lines.join('\n') }));

/** In this order: a longer form before one that it contains. */
const VARYING: [pattern: RegExp, placeholder: string][] = [
  [/\d{4}-\d\d-\d\d[T ]\d\d:\d\d(?::\d\d(?:\.\d+)?)?/g, 'TIME'],
  [/\d{4}-\d\d-\d\d/g, 'DATE'],
  [/\b[0-9a-f]{32,64}\b|(?<=_)[0-9a-f]{32}/g, 'ID'],
  // A short id of letters alone is no word where only an id can stand.
  [/(?<=\bcustomer-|https?:\/\/)[0-9a-f]{8}\b/g, 'ID'],
  [/(?<![\w.,])(?=[0-9a-f]*\d)[0-9a-f]{8}(?![\w,])/g, 'ID'],
  [/(127\.0\.0\.1):\d+/g, '$1:PORT'],
  [/\b\d+(?:\.\d+)? (ms|s)\b/g, 'N $1'],
  [/\b(\w+_ms)=\d+/g, '$1=N'],
  [/ +/g, ' '],
];

/** A line without what differs from run to run. */
const normalised = (line: string): string =>
  VARYING.reduce((text, [pattern, placeholder]) => text.replaceAll(pattern, placeholder), line).trim();

const literal = (text: string): string => text.replaceAll(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`);

const patternOf = (shown: string): RegExp =>
  new RegExp(`^${normalised(shown).split(ELLIPSIS).map(literal).join('.*')}$`, 'u');

/**
 * What of the document is not so, as a text for a person, or null when it is. Blank lines at the ends do not count.
 * @param shown the document's lines
 * @param printed what the command has printed
 */
export function differenceOf(shown: string[], printed: string[]): string | null {
  const wanted = trimmed(shown);
  const found = trimmed(printed);
  let far = 0;
  /** Whether the rest of the document is the rest of the print. */
  const agrees = (w: number, f: number): boolean => {
    far = Math.max(far, w);
    const line = wanted[w];
    if (line === undefined) return f === found.length;
    if (line.trim() === ELLIPSIS) return agrees(w + 1, f) || (f < found.length && agrees(w, f + 1));
    const other = found[f];
    return other !== undefined && patternOf(line).test(normalised(other)) && agrees(w + 1, f + 1);
  };
  if (agrees(0, 0)) return null;
  const at = wanted[far] === undefined ? 'the document ends here' : `not printed: ${wanted[far]}`;
  return `${at}\n--- printed:\n${found.join('\n')}`;
}

function trimmed(lines: string[]): string[] {
  const text = lines.map((line) => line.trimEnd());
  const first = text.findIndex((line) => line !== '');
  return first === -1 ? [] : text.slice(first, text.findLastIndex((line) => line !== '') + 1);
}
