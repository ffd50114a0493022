/**
 * A file of corrections: NDJSON, an object a line as POST /api/usage/:customerId/corrections takes it with `customer_id`
 * beside it, or CSV with the same names in its first line and a column for each quantity. All of it is judged before
 * anything is sent.
 */
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { z } from 'zod';
import { customerId } from '../src/contracts/common.ts';
import { correctionBody } from '../src/contracts/corrections.ts';
import { quantityFields } from '../src/contracts/usage.ts';
import { readInWords } from '../src/contracts/words.ts';
import { reasonOf } from '../src/lib/reason.ts';
import { err, ok, type Result } from '../src/lib/result.ts';
import type { Failure } from './failure.ts';

/** A line of the file. */
export interface FiledCorrection {
  line: number;
  customerId: string;
  body: z.input<typeof correctionBody>;
  /** The same line of the same file has the same key: run again, the file corrects nothing twice. */
  key: string;
}

const linesMax = 10_000;
const bytesMax = 16 * 1024 * 1024;
const fileFault = (message: string) => err<Failure>({ kind: 'failed', message });

/** Reads the file, or says which line is wrong and why. */
export async function readCorrections(file: string): Promise<Result<FiledCorrection[], Failure>> {
  let text: string;
  try {
    const bytes = await readFile(file);
    if (bytes.byteLength > bytesMax) return fileFault(`${file} is longer than ${bytesMax} bytes`);
    text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch (error) {
    return fileFault(`${file} cannot be read: ${reasonOf(error)}`);
  }
  const items = text.trimStart().startsWith('{') ? fromLines(text) : fromTable(text);
  if (items.length === 0) return fileFault(`${file} has no corrections`);
  if (items.length > linesMax) return fileFault(`${file} has ${items.length} corrections: at most ${linesMax}`);
  const hash = createHash('sha256').update(text).digest('hex');
  const read: FiledCorrection[] = [];
  for (const { line, item } of items) {
    const judged = judge(item);
    if (!judged.ok) return fileFault(`${file}, line ${line}: ${judged.error}`);
    read.push({ line, ...judged.value, key: `${hash}-${line}` });
  }
  return ok(read);
}

interface Item {
  line: number;
  /** A text where the line could not be read: why. */
  item: Record<string, unknown> | string;
}

function judge(item: Item['item']): Result<Pick<FiledCorrection, 'customerId' | 'body'>, string> {
  if (typeof item === 'string') return err(item);
  const { customer_id: whose, ...rest } = item;
  const id = customerId.safeParse(whose);
  if (!id.success) return err('customer_id: must look like cust_ + 32 hex digits');
  const body = readInWords(correctionBody, rest);
  if (body.success) return ok({ customerId: id.data, body: body.data });
  const [issue] = body.error.issues;
  const path = issue?.path.join('.') ?? '';
  return err(path === '' ? (issue?.message ?? 'is not valid') : `${path}: ${issue?.message}`);
}

const fromLines = (text: string): Item[] =>
  text.split('\n').flatMap((raw, i): Item[] => {
    if (raw.trim() === '') return [];
    try {
      const read = z.record(z.string(), z.unknown()).safeParse(JSON.parse(raw));
      return [{ line: i + 1, item: read.success ? read.data : 'must be a JSON object' }];
    } catch {
      return [{ line: i + 1, item: 'is not JSON' }];
    }
  });

/** As people and spreadsheets write a number; JavaScript takes a blank for 0, and `0x10` for 16. */
const decimal = /^-?\d+(\.\d+)?(e[+-]?\d+)?$/i;

/** A row's object: quantities go by their names into `quantities`, cells of nothing but blanks are not there. */
function fromTable(text: string): Item[] {
  const [head, ...rows] = cellsOf(text);
  if (!head) return [];
  return rows.map(({ line, cells }) => {
    if (cells.length > head.cells.length) return { line, item: 'has more cells than the first line has names' };
    const item: Record<string, unknown> = {};
    const quantities: Record<string, number | string> = {};
    for (const [i, name] of head.cells.entries()) {
      const cell = (cells[i] ?? '').trim();
      if (cell === '') continue;
      if (quantityFields.some((field) => field === name)) quantities[name] = decimal.test(cell) ? Number(cell) : cell;
      else item[name] = cell;
    }
    return { line, item: Object.keys(quantities).length === 0 ? item : { ...item, quantities } };
  });
}

/** The lines of a CSV that have something (RFC 4180), each with the number of the line that it begins on. */
function cellsOf(text: string): { line: number; cells: string[] }[] {
  const rows: { line: number; cells: string[] }[] = [{ line: 1, cells: [''] }];
  let line = 1;
  let isQuoted = false;
  const add = (char: string) => {
    const cells = rows.at(-1)?.cells ?? [];
    cells[cells.length - 1] += char;
  };
  for (let i = 0; i < text.length; i++) {
    const char = text.charAt(i);
    if (char === '\n') line += 1;
    if (isQuoted && char === '"' && text[i + 1] === '"') {
      add(char);
      i += 1;
    } else if (char === '"') isQuoted = !isQuoted;
    else if (isQuoted) add(char);
    else if (char === ',') rows.at(-1)?.cells.push('');
    else if (char === '\n') rows.push({ line, cells: [''] });
    else if (char !== '\r' && char !== '\uFEFF') add(char);
  }
  return rows.filter(({ cells }) => cells.some((cell) => cell !== ''));
}
