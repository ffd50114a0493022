/**
 * One accepted report as it travels through the queue and into a shard: integers only. Owns the packed form and the
 * queue's message; both are versioned, because old messages are in flight while a new Worker starts.
 */
import { quantities } from './meters.ts';

/** Times are ms since the epoch; `quantities` are base units in the catalogue's order, null where not reported. */
export interface UsageRow {
  customerSeq: number;
  windowEnd: number;
  reporterSeq: number;
  projectSeq: number;
  seconds: number;
  revision: number;
  acceptedAt: number;
  complete: boolean;
  gapMs: number;
  /** Bits of the quantities that were not seen at all. */
  missing: number;
  quantities: (number | null)[];
}

/** The columns before the quantities, in packed order: the store's statement reads them by position. */
export const headColumns = [
  'customer_seq',
  'window_end',
  'reporter_seq',
  'project_seq',
  'seconds',
  'revision',
  'accepted_at',
  'complete',
  'gap_ms',
  'missing',
] as const;

/** A row as a flat array, nulls at its end left away. */
export type PackedRow = (number | null)[];

/** Packs a row for the queue. */
export function packRow(row: UsageRow): PackedRow {
  const values = [...row.quantities];
  while (values.length > 0 && values.at(-1) === null) values.pop();
  return [
    row.customerSeq,
    row.windowEnd,
    row.reporterSeq,
    row.projectSeq,
    row.seconds,
    row.revision,
    row.acceptedAt,
    row.complete ? 1 : 0,
    row.gapMs,
    row.missing,
    ...values,
  ];
}

const rowLengthMax = headColumns.length + quantities.length;

/** A message of the usage queue: whole rows and ids, never a secret. */
export type UsageMessage = { v: 1; rows: PackedRow[] };

/** A packed row with names, for people who read a dead letter. */
export function describeRow(row: PackedRow): Record<string, number | null> {
  const names = [...headColumns, ...quantities.map((q) => q.column)];
  return Object.fromEntries(row.map((value, i) => [names[i] ?? `column_${i}`, value]));
}

/** Cloudflare's limit is 128 KB a message; room is left for its own framing. */
const messageBytesMax = 120_000;
const envelopeBytes = 20;

/**
 * Splits rows into messages below the limit, as the JSON text that travels: each row is written once, and text is what a
 * queue hands on cheapest. Rows are digits and commas, so characters are bytes.
 */
export function packMessages(rows: readonly PackedRow[]): string[] {
  const messages: string[] = [];
  let parts: string[] = [];
  let bytes = 0;
  const close = () => {
    if (parts.length > 0) messages.push(`{"v":1,"rows":[${parts.join(',')}]}`);
    parts = [];
    bytes = envelopeBytes;
  };
  close();
  for (const row of rows) {
    const part = JSON.stringify(row);
    if (bytes + part.length + 1 > messageBytesMax) close();
    parts.push(part);
    bytes += part.length + 1;
  }
  close();
  return messages;
}

const isRow = (value: unknown): value is PackedRow =>
  Array.isArray(value) &&
  value.length >= headColumns.length &&
  value.length <= rowLengthMax &&
  value.every((cell) => cell === null || typeof cell === 'number');

/**
 * Reads a message's body, text or parsed already; null when it is none of ours. By hand, because it is done for every row
 * there is; whether a row's values make sense is for the store's own constraints.
 */
export function readMessage(body: unknown): UsageMessage | null {
  let message: Partial<UsageMessage> | null;
  try {
    message = (typeof body === 'string' ? JSON.parse(body) : body) as Partial<UsageMessage> | null;
  } catch {
    return null;
  }
  if (message?.v !== 1 || !Array.isArray(message.rows) || message.rows.length === 0) return null;
  return message.rows.every(isRow) ? { v: 1, rows: message.rows } : null;
}
