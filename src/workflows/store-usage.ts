/**
 * Usage messages into their shards: chunks of bundles, each one batch, their rows unread. A chunk that is refused is taken
 * apart and halved down to the row at fault, which alone is buried; a database that cannot answer is never a row's fault,
 * and its messages come again.
 */
import { sql } from 'drizzle-orm';
import { ConstraintFailed, commit, type Db, openDb } from '../db/client.ts';
import type { Log } from '../lib/log.ts';
import { type Bundle, bundleOf, rowsOf } from '../usage/bundle.ts';
import { chunksOf, type Sourced } from '../usage/chunks.ts';
import { readMessage } from '../usage/message.ts';
import type { PackedRow } from '../usage/row.ts';
import { storeBundles } from '../usage/store.ts';
import { type BurialReason, buryMessage, buryRow, type Grave } from './bury-usage.ts';

export interface Stores {
  control: Db;
  shards: readonly D1Database[];
  now: number;
  log: Log;
}

interface Owner {
  customerId: string;
  shard: number;
}

/** A row with the message it came in, by its place in the delivery. */
interface SourcedRow {
  row: PackedRow;
  source: number;
}

type Delivery = Stores & Grave & { owners: ReadonlyMap<number, Owner> };

/**
 * Stores the bodies of some messages.
 * @returns the places of those that must come again; all others are stored or buried and may be acknowledged
 */
export async function storeUsage(stores: Stores, bodies: readonly unknown[]): Promise<Set<number>> {
  const again = new Set<number>();
  const bundles: Sourced[] = [];
  const loose: SourcedRow[] = [];
  for (const [source, body] of bodies.entries()) {
    const message = readMessage(body);
    if (!message) await buryMessage({ ...stores, again }, body, source);
    else if ('text' in message) bundles.push({ bundle: message, source });
    else for (const row of message.rows) loose.push({ row, source });
  }
  if (bundles.length === 0 && loose.length === 0) return again;
  const numbers = [...bundles.flatMap(({ bundle }) => bundle.customers), ...loose.map(({ row }) => row[0] ?? 0)];
  const owners = await ownersOf(stores, numbers);
  if (owners === null) return new Set(bodies.keys());
  const delivery: Delivery = { ...stores, owners, again };
  for (const [shard, items] of Map.groupBy(bundles, ({ bundle }) => shardOf(delivery, bundle.customers))) {
    if (shard === null) loose.push(...(await takeApart(delivery, items)));
    else for (const chunk of chunksOf(items)) await storeChunk(delivery, openDb(shard), chunk);
  }
  await storeLoose(delivery, loose);
  return again;
}

/** Which customer and shard each number is; null when the control database could not be asked. */
async function ownersOf(stores: Stores, numbers: readonly number[]): Promise<Map<number, Owner> | null> {
  const distinct = JSON.stringify([...new Set(numbers)]);
  try {
    const found = await stores.control.all<{ seq: number; id: string; shard: number }>(
      sql`SELECT seq, id, usage_shard AS shard FROM customers WHERE seq IN (SELECT value FROM json_each(${distinct}))`,
    );
    return new Map(found.map((c) => [c.seq, { customerId: c.id, shard: c.shard }]));
  } catch (error) {
    stores.log('warn', 'usage waits: the control database could not be read', { error: wordsOf(error) });
    return null;
  }
}

/** The one shard of all these customers; null when one of them has none or they have several. */
function shardOf({ owners, shards }: Delivery, customers: readonly number[]): D1Database | null {
  const [first = null, ...others] = new Set(customers.map((seq) => shards[owners.get(seq)?.shard ?? -1] ?? null));
  return others.length === 0 ? first : null;
}

async function storeChunk(delivery: Delivery, db: Db, chunk: readonly Sourced[]): Promise<void> {
  const bundles = chunk.map(({ bundle }) => bundle);
  const outcome = await write(delivery, db, bundles);
  if (outcome === 'away') for (const { source } of chunk) delivery.again.add(source);
  else if (outcome !== 'stored') await storeRows(delivery, db, await takeApart(delivery, chunk));
}

/** The rows of bundles, each with its source. A bundle whose rows are not what it says is buried as it came. */
async function takeApart(delivery: Delivery, items: readonly Sourced[]): Promise<SourcedRow[]> {
  const taken: SourcedRow[] = [];
  for (const { bundle, source } of items) {
    const rows = rowsOf(bundle);
    if (rows) for (const row of rows) taken.push({ row, source });
    else await buryMessage(delivery, bundle, source);
  }
  return taken;
}

/** D1 takes a parameter of 2 MB, which holds as many rows with every cell at its longest. */
const looseRowsMax = 2500;

/** Stores rows, each in its customer's shard; those of nobody are buried. */
async function storeLoose(delivery: Delivery, rows: readonly SourcedRow[]): Promise<void> {
  for (const [shard, items] of Map.groupBy(rows, ({ row }) => shardOf(delivery, [row[0] ?? 0]))) {
    if (shard === null) for (const item of items) await buryIt(delivery, item, nobodys);
    else {
      for (let i = 0; i < items.length; i += looseRowsMax) {
        await storeRows(delivery, openDb(shard), items.slice(i, i + looseRowsMax));
      }
    }
  }
}

/** Stores rows of one shard, all or, where one is refused, half by half down to it. */
async function storeRows(delivery: Delivery, db: Db, items: readonly SourcedRow[]): Promise<void> {
  const [first, ...others] = items;
  if (!first) return;
  const outcome = await write(delivery, db, [bundleOf(items.map(({ row }) => row))]);
  if (outcome === 'stored') return;
  if (outcome === 'away') for (const { source } of items) delivery.again.add(source);
  else if (others.length === 0) await buryIt(delivery, first, { code: 'row_refused', message: outcome.refused });
  else {
    const middle = Math.ceil(items.length / 2);
    await storeRows(delivery, db, items.slice(0, middle));
    await storeRows(delivery, db, items.slice(middle));
  }
}

const nobodys: BurialReason = {
  code: 'unknown_customer',
  message: 'no customer of ours has this number, or its shard is not bound',
};

const buryIt = (delivery: Delivery, { row, source }: SourcedRow, reason: BurialReason): Promise<void> =>
  buryRow(delivery, row, source, delivery.owners.get(row[0] ?? 0)?.customerId ?? null, reason);

/** One batch. Only the shard's own word against the data is a refusal; any other failure is the database being away. */
async function write(
  delivery: Delivery,
  db: Db,
  bundles: readonly Bundle[],
): Promise<'stored' | 'away' | { refused: string }> {
  try {
    await commit(db, storeBundles(db, bundles));
    return 'stored';
  } catch (error) {
    if (isRowsFault(error)) return { refused: wordsOf(error) };
    const rows = bundles.reduce((total, { count }) => total + count, 0);
    delivery.log('warn', 'usage waits: the shard could not be written', { rows, error: wordsOf(error) });
    return 'away';
  }
}

const wordsOf = (error: unknown): string => (error instanceof Error ? error.message : String(error)).slice(0, 300);

/** A constraint or a type of the shard refused the data, or its JSON is none. Anything else, known or not, is tried again. */
const isRowsFault = (error: unknown): boolean =>
  error instanceof ConstraintFailed || /SQLITE_(CONSTRAINT|MISMATCH|TOOBIG)|malformed JSON/.test(wordsOf(error));
