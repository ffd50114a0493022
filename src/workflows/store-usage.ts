/**
 * Usage messages into their shards: chunks of rows, each one batch. A chunk that a row breaks is halved down to that row,
 * which alone is buried; a database that cannot answer is never a row's fault, and its messages come again.
 */
import { sql } from 'drizzle-orm';
import { ConstraintFailed, commit, type Db, openDb } from '../db/client.ts';
import type { Log } from '../lib/log.ts';
import { chunksOf, type SourcedRow } from '../usage/chunks.ts';
import { bury, type DeadLetter, letterId } from '../usage/dead-letter-store.ts';
import { describeRow, type PackedRow, readMessage } from '../usage/row.ts';
import { storeRows } from '../usage/store.ts';

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

/**
 * Stores the bodies of some messages.
 * @returns the places of those that must come again; all others are stored or buried and may be acknowledged
 */
export async function storeUsage(stores: Stores, bodies: readonly unknown[]): Promise<Set<number>> {
  const again = new Set<number>();
  const rows: SourcedRow[] = [];
  for (const [source, body] of bodies.entries()) {
    const message = readMessage(body);
    if (message) for (const row of message.rows) rows.push({ row, source });
    else await buryMessage(stores, body, source, again);
  }
  if (rows.length === 0) return again;
  const owners = await ownersOf(stores, rows);
  if (owners === null) return new Set(bodies.keys());
  const byShard = Map.groupBy(rows, ({ row }) => owners.get(row[0] ?? 0)?.shard ?? null);
  for (const [shard, shardRows] of byShard) {
    const database = shard === null ? undefined : stores.shards[shard];
    if (!database) {
      const reason = {
        code: 'unknown_customer',
        message: 'no customer of ours has this number, or its shard is not bound',
      };
      for (const item of shardRows) await buryRow(stores, item, owners, reason, again);
      continue;
    }
    for (const chunk of chunksOf(shardRows)) {
      await storeChunk({ ...stores, owners, again, shard: openDb(database) }, chunk);
    }
  }
  return again;
}

/** Which customer and shard each number is; null when the control database could not be asked. */
async function ownersOf(stores: Stores, rows: readonly SourcedRow[]): Promise<Map<number, Owner> | null> {
  const numbers = [...new Set(rows.map(({ row }) => row[0] ?? 0))];
  try {
    const found = await stores.control.all<{ seq: number; id: string; shard: number }>(
      sql`SELECT seq, id, usage_shard AS shard FROM customers WHERE seq IN (SELECT value FROM json_each(${JSON.stringify(numbers)}))`,
    );
    return new Map(found.map((c) => [c.seq, { customerId: c.id, shard: c.shard }]));
  } catch (error) {
    stores.log('warn', 'usage waits: the control database could not be read', { error: wordsOf(error) });
    return null;
  }
}

type Storing = Stores & { owners: Map<number, Owner>; again: Set<number>; shard: Db };

async function storeChunk(storing: Storing, rows: readonly SourcedRow[]): Promise<void> {
  const packed = rows.map(({ row }) => row);
  try {
    await commit(storing.shard, storeRows(storing.shard, packed));
    return;
  } catch (error) {
    if (!isRowsFault(error)) {
      storing.log('warn', 'usage waits: the shard could not be written', { rows: rows.length, error: wordsOf(error) });
      for (const { source } of rows) storing.again.add(source);
      return;
    }
    const [only, ...others] = rows;
    if (only && others.length === 0) {
      const reason = { code: 'row_refused', message: wordsOf(error) };
      await buryRow(storing, only, storing.owners, reason, storing.again);
      return;
    }
  }
  const middle = Math.ceil(rows.length / 2);
  for (const half of [rows.slice(0, middle), rows.slice(middle)]) {
    await storeChunk(storing, half);
  }
}

const wordsOf = (error: unknown): string => (error instanceof Error ? error.message : String(error)).slice(0, 300);

/** A constraint or a type of the shard refused the data. Anything else, known or not, is tried again rather than buried. */
const isRowsFault = (error: unknown): boolean =>
  error instanceof ConstraintFailed || /SQLITE_(CONSTRAINT|MISMATCH|TOOBIG)/.test(wordsOf(error));

async function buryRow(
  stores: Stores,
  item: SourcedRow,
  owners: ReadonlyMap<number, Owner>,
  reason: { code: string; message: string },
  again: Set<number>,
): Promise<void> {
  const customerId = owners.get(item.row[0] ?? 0)?.customerId ?? null;
  const body = { v: 1, rows: [item.row] satisfies PackedRow[], row: describeRow(item.row) };
  await buryOne(stores, { customerId, ...reason, body }, item.source, again);
}

const buryMessage = (stores: Stores, body: unknown, source: number, again: Set<number>): Promise<void> =>
  buryOne(
    stores,
    { customerId: null, code: 'message_malformed', message: 'not a usage message of a version we know', body },
    source,
    again,
  );

/** Buries a letter; when even that cannot be written, its message comes again. */
async function buryOne(stores: Stores, letter: DeadLetter, source: number, again: Set<number>): Promise<void> {
  try {
    await commit(stores.control, [bury(stores.control, await letterId(letter), letter, stores.now)]);
    stores.log('error', 'usage was buried', {
      code: letter.code,
      reason: letter.message,
      customer_id: letter.customerId,
    });
  } catch (error) {
    stores.log('warn', 'a dead letter could not be written', { error: wordsOf(error) });
    again.add(source);
  }
}
