/**
 * The usage queue's message: a line of JSON that says which bundles are in it, then a line with the rows of each, which
 * nobody reads before the store does. Versioned, because old messages are in flight while a new Worker starts. Never a
 * secret.
 */
import { z } from 'zod';
import { parseJson } from '../../lib/json.ts';
import { quantities } from '../meters.ts';
import { areColumns, type Bundle, bundlesOf, columnsOfBits } from './bundle.ts';
import { type Prover, withoutProof } from './proof.ts';
import { readRowsMessage, type UsageRow } from './row.ts';

const natural = z.int().min(0);
const bundleHead = z.object({
  customerSeq: natural,
  ownershipVersion: natural,
  reporterSeq: natural,
  seconds: natural,
  acceptedAt: natural,
  count: natural.min(1),
  days: z.array(natural).min(1),
});
/** As the first release made it: columns by the bits of their quantities. */
const bitsHead = bundleHead
  .extend({ whole: z.boolean(), bits: z.array(natural.max(quantities.length - 1)) })
  .transform(({ whole, bits, ...head }) => ({ ...head, columns: columnsOfBits({ whole, bits }) }));
const columnsHead = bundleHead.extend({ columns: z.array(z.string()).refine(areColumns) });
const headSchema = z.discriminatedUnion('v', [
  z.object({ v: z.literal(2), bundles: z.array(bitsHead).min(1) }),
  z.object({ v: z.literal(3), bundles: z.array(columnsHead).min(1) }),
]);

function messageOf(bundles: readonly Bundle[]): string {
  const heads = bundles.map(({ text: _rows, ...head }) => head);
  return [JSON.stringify({ v: 3, bundles: heads }), ...bundles.map(({ text }) => text)].join('\n');
}

/** Cloudflare's limit is 128 KB a message; room is left for its own framing. Ours are ASCII: characters are bytes. */
const messageCharsMax = 120_000;
/** A message is filled to this by what one of its rows takes; the others differ by some digits. */
const messageCharsAim = 110_000;

/** Splits rows into messages below the limit, as the text that travels. */
export function messagesOf(rows: readonly UsageRow[]): string[] {
  const sample = rows[Math.floor(rows.length / 2)];
  if (!sample) return [];
  const chars = (bundlesOf([sample])[0]?.text.length ?? 0) * rows.length;
  const size = Math.ceil(rows.length / Math.ceil(chars / messageCharsAim));
  return Array.from({ length: Math.ceil(rows.length / size) }, (_, i) => rows.slice(i * size, (i + 1) * size)).flatMap(
    fitting,
  );
}

function fitting(rows: readonly UsageRow[]): string[] {
  const message = messageOf(bundlesOf(rows));
  if (message.length <= messageCharsMax || rows.length <= 1) return [message];
  const middle = Math.ceil(rows.length / 2);
  return [...fitting(rows.slice(0, middle)), ...fitting(rows.slice(middle))];
}

/** What a message brings: bundles, whose rows are not looked at, or rows by themselves. */
export type UsageMessage = { kind: 'bundles'; bundles: Bundle[] } | { kind: 'rows'; rows: UsageRow[] };

/** What the queue delivered: a message of ours, one that nobody of ours has proven, or none of a version that we know. */
export type Opened = UsageMessage | { kind: 'unproven' } | { kind: 'malformed' };

/** Opens what the queue delivered. Only what is proven to be ours is read any further (src/usage/message/proof.ts). */
export function openMessage(prover: Prover, body: unknown): Opened {
  const proven = typeof body === 'string' ? prover.check(body) : null;
  if (proven !== null) return readMessage(proven) ?? { kind: 'malformed' };
  return { kind: messageIn(body) === null ? 'malformed' : 'unproven' };
}

/** The message, without a proof, of what the queue delivered or a dead letter holds; null when it is none of ours. */
export function messageIn(body: unknown): string | null {
  const message = typeof body === 'string' ? withoutProof(body) : JSON.stringify(body);
  return readMessage(message) && message;
}

/** Reads a message that is proven; null when it is of no version that we know. */
export function readMessage(body: string): UsageMessage | null {
  const [first = '', ...texts] = body.split('\n');
  const head = parseJson(first);
  if (texts.length === 0) return rowsIn(head);
  const read = headSchema.safeParse(head);
  if (!read.success || read.data.bundles.length !== texts.length) return null;
  return { kind: 'bundles', bundles: read.data.bundles.map((bundle, i) => ({ ...bundle, text: texts[i] ?? '' })) };
}

function rowsIn(value: unknown): UsageMessage | null {
  const rows = readRowsMessage(value);
  return rows && { kind: 'rows', rows };
}
