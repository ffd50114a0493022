/**
 * The usage queue's message: a line of JSON that says what is in it, then a line with the rows, which nobody reads before
 * the store does. Versioned, because old messages are in flight while a new Worker starts. Never a secret.
 */
import { z } from 'zod';
import { type Bundle, bundleOf } from './bundle.ts';
import { quantities } from './meters.ts';
import { isPackedRow, type PackedRow } from './row.ts';

const count = z.int().min(0);
const headSchema = z.object({
  v: z.literal(2),
  count: z.int().min(1),
  bits: z.array(count.max(quantities.length - 1)),
  customers: z.array(count).min(1),
  days: z.array(z.tuple([count, count])).min(1),
});

const messageOf = ({ text, ...head }: Bundle): string => `${JSON.stringify({ v: 2, ...head })}\n${text}`;

/** Cloudflare's limit is 128 KB a message; room is left for its own framing. Ours are ASCII: characters are bytes. */
const messageCharsMax = 120_000;
/** A message is filled to this by what one row of it takes; the others differ by some digits. */
const messageCharsAim = 100_000;

/** Splits rows into messages below the limit, as the text that travels. */
export function messagesOf(rows: readonly PackedRow[]): string[] {
  const sample = rows[Math.floor(rows.length / 2)];
  if (!sample) return [];
  const parts = Math.ceil((bundleOf([sample]).text.length * rows.length) / messageCharsAim);
  const size = Math.ceil(rows.length / parts);
  return Array.from({ length: parts }, (_, i) => rows.slice(i * size, (i + 1) * size)).flatMap(fitting);
}

function fitting(rows: readonly PackedRow[]): string[] {
  if (rows.length === 0) return [];
  const message = messageOf(bundleOf(rows));
  if (message.length <= messageCharsMax || rows.length === 1) return [message];
  const middle = Math.ceil(rows.length / 2);
  return [...fitting(rows.slice(0, middle)), ...fitting(rows.slice(middle))];
}

/** Rows by themselves, as dead letters keep them: they are sent again as this. */
export interface LooseRows {
  v: 1;
  rows: PackedRow[];
}

/** Reads rows by themselves; null when they are none. */
export function readLoose(value: unknown): LooseRows | null {
  const { v, rows } = (value ?? {}) as Partial<LooseRows>;
  return v === 1 && Array.isArray(rows) && rows.length > 0 && rows.every(isPackedRow) ? { v, rows } : null;
}

/** Reads a message's body; null when it is none of ours. The rows of a bundle are not looked at. */
export function readMessage(body: unknown): Bundle | LooseRows | null {
  if (typeof body !== 'string') return readLoose(body);
  const end = body.indexOf('\n');
  try {
    if (end === -1) return readLoose(JSON.parse(body));
    const head = headSchema.safeParse(JSON.parse(body.slice(0, end)));
    return head.success ? { ...head.data, text: body.slice(end + 1) } : null;
  } catch {
    return null;
  }
}
