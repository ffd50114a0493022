/**
 * Usage messages into their shards: chunks of bundles, each one batch, their rows unread. What was judged by an ownership
 * that has changed since is taken apart and judged again; a chunk that is refused is taken apart and halved down to the row
 * at fault, which alone goes to the dead letters. A database that cannot answer is never a row's fault: its messages come again.
 */
import { sql } from 'drizzle-orm';
import { commit, type Db, openDb } from '../../db/client.ts';
import { asDatabaseError, ConstraintFailed, DatabaseUnavailable, GuardFailed } from '../../db/failure.ts';
import type { Log } from '../../lib/log.ts';
import { reasonOf } from '../../lib/reason.ts';
import { type Bundle, bundlesOf, rowsOf } from '../../usage/message/bundle.ts';
import { chunksOf, type Sourced } from '../../usage/message/chunks.ts';
import { openMessage } from '../../usage/message/message.ts';
import type { Prover } from '../../usage/message/proof.ts';
import type { UsageRow } from '../../usage/message/row.ts';
import { guardMinimumVersions } from '../../usage/minimum-version-store.ts';
import { judgeAgain } from '../../usage/report.ts';
import { standingOwnerships } from '../../usage/rights-store.ts';
import { storeBundles } from '../../usage/store.ts';
import { countUp } from './hold-back-reports.ts';
import { type DeadLetterReason, type DeadLetterSink, writeMessageLetter, writeRowLetter } from './write-dead-letter.ts';

export interface Stores {
  control: Db;
  shards: readonly D1Database[];
  prover: Prover;
  now: number;
  log: Log;
  /** Told of each customer whose rows have just been committed. */
  stored?: (customer: StoredFor) => void;
}

/** Whose usage it was. */
export interface StoredFor {
  customerId: string;
  organisationId: string;
}

interface Owner extends StoredFor {
  shard: Db | null;
  ownershipVersion: number;
}

/** A row with the message it came in, by its place in the delivery. */
interface SourcedRow {
  row: UsageRow;
  source: number;
}

type Delivery = Stores & DeadLetterSink & { owners: ReadonlyMap<number, Owner> };

/**
 * Stores the bodies of some messages.
 * @returns the places of those that must come again; all others are stored or dead letters, and may be acknowledged
 */
export async function storeUsage(stores: Stores, bodies: readonly unknown[]): Promise<Set<number>> {
  const again = new Set<number>();
  const { bundles, rows } = await readBodies({ ...stores, again }, stores.prover, bodies);
  if (bundles.length === 0 && rows.length === 0) return again;
  try {
    const numbers = [...bundles.map(({ bundle }) => bundle.customerSeq), ...rows.map(({ row }) => row.customerSeq)];
    const delivery: Delivery = { ...stores, owners: await ownersOf(stores, numbers), again };
    for (const [shard, items] of Map.groupBy(bundles, ({ bundle }) => shardFor(delivery, bundle))) {
      if (shard === null) rows.push(...(await takeApart(delivery, items)));
      else for (const chunk of chunksOf(items)) await storeChunk(delivery, shard, chunk);
    }
    await storeJudgedAgain(delivery, rows);
    return again;
  } catch (error) {
    const known = asDatabaseError(error);
    const outage = known instanceof DatabaseUnavailable;
    const what = outage ? 'usage waits: the control database is not available' : 'usage waits: it could not be stored';
    stores.log(outage ? 'warn' : 'error', what, { messages: bodies.length, error: reasonOf(known) });
    return new Set(bodies.keys());
  }
}

/** What the messages bring. */
async function readBodies(sink: DeadLetterSink, prover: Prover, bodies: readonly unknown[]) {
  const bundles: Sourced[] = [];
  const rows: SourcedRow[] = [];
  for (const [source, body] of bodies.entries()) {
    const message = openMessage(prover, body);
    if (message.kind === 'bundles') for (const bundle of message.bundles) bundles.push({ bundle, source });
    else if (message.kind === 'rows') for (const row of message.rows) rows.push({ row, source });
    else await writeMessageLetter(sink, body, source, message.kind);
  }
  return { bundles, rows };
}

/** Which customer, shard and count of ownership each number is. */
async function ownersOf(stores: Stores, numbers: readonly number[]): Promise<Map<number, Owner>> {
  const found = await stores.control.all<{
    seq: number;
    id: string;
    organisation: string;
    shard: number;
    version: number;
  }>(
    sql`SELECT seq, id, organisation_id AS organisation, usage_shard AS shard, ownership_version AS version FROM customers
      WHERE seq IN (SELECT value FROM json_each(${JSON.stringify([...new Set(numbers)])}))`,
  );
  return new Map(
    found.map(({ seq, id, organisation, shard, version }) => {
      const database = stores.shards[shard];
      const owner = { customerId: id, organisationId: organisation, ownershipVersion: version };
      return [seq, { ...owner, shard: database ? openDb(database) : null }];
    }),
  );
}

/** Where a bundle may be stored as it is; null when it has to be looked into. */
function shardFor({ owners }: Delivery, bundle: Bundle): Db | null {
  const owner = owners.get(bundle.customerSeq);
  return owner?.ownershipVersion === bundle.ownershipVersion ? owner.shard : null;
}

async function storeChunk(delivery: Delivery, shard: Db, chunk: readonly Sourced[]): Promise<void> {
  const bundles = chunk.map(({ bundle }) => bundle);
  const outcome = await storeAsOne(delivery, shard, bundles);
  if (outcome === 'unavailable') for (const { source } of chunk) delivery.again.add(source);
  else if (outcome !== 'stored') await storeRows(delivery, shard, await takeApart(delivery, chunk));
}

/** The rows of bundles, each with its source. A bundle whose rows are not what it says is a dead letter as it came. */
async function takeApart(delivery: Delivery, items: readonly Sourced[]): Promise<SourcedRow[]> {
  const taken: SourcedRow[] = [];
  for (const { bundle, source } of items) {
    const rows = rowsOf(bundle);
    if (rows) for (const row of rows) taken.push({ row, source });
    else await writeMessageLetter(delivery, bundle, source, 'malformed');
  }
  return taken;
}

/** As many rows with every cell at its longest are a parameter that D1 takes. */
const rowsMax = 400;

/** Judges rows again and stores them, each in its customer's shard; those of nobody are dead letters. */
async function storeJudgedAgain(delivery: Delivery, items: readonly SourcedRow[]): Promise<void> {
  if (items.length === 0) return;
  const ownerships = await standingOwnerships(
    delivery.control,
    items.map(({ row }) => row),
  );
  const judged: (SourcedRow & { shard: Db })[] = [];
  for (const item of items) {
    const owner = delivery.owners.get(item.row.customerSeq);
    const row = owner && judgeAgain(item.row, ownerships(item.row), owner.ownershipVersion);
    if (!owner?.shard) await toDeadLetters(delivery, item, nobodys);
    else if (!row) await toDeadLetters(delivery, item, handedOver);
    else judged.push({ row, source: item.source, shard: owner.shard });
  }
  for (const [shard, rows] of Map.groupBy(judged, (item) => item.shard)) {
    for (let i = 0; i < rows.length; i += rowsMax) {
      await storeRows(delivery, shard, rows.slice(i, i + rowsMax));
    }
  }
}

/** Stores rows of one shard, all or, where one is refused, half by half down to it. */
async function storeRows(delivery: Delivery, shard: Db, items: readonly SourcedRow[]): Promise<void> {
  const [first, ...others] = items;
  if (!first) return;
  const outcome = await storeAsOne(delivery, shard, bundlesOf(items.map(({ row }) => row)));
  if (outcome === 'stored') return;
  if (outcome === 'unavailable') for (const { source } of items) delivery.again.add(source);
  else if (others.length === 0) await toDeadLetters(delivery, first, { code: 'row_refused', message: outcome.refused });
  else {
    const middle = Math.ceil(items.length / 2);
    await storeRows(delivery, shard, items.slice(0, middle));
    await storeRows(delivery, shard, items.slice(middle));
  }
}

const nobodys: DeadLetterReason = {
  code: 'unknown_customer',
  message: 'no customer of ours has this number, or its shard is not bound',
};

const handedOver: DeadLetterReason = {
  code: 'window_not_owned',
  message: 'its reporter no longer owns any of this for this window: another one reports it',
};

const toDeadLetters = (delivery: Delivery, { row, source }: SourcedRow, reason: DeadLetterReason): Promise<void> =>
  writeRowLetter(delivery, row, source, delivery.owners.get(row.customerSeq)?.customerId ?? null, reason);

/** One batch. Only the shard's own word against the data is a refusal; after any other failure the messages come again. */
async function storeAsOne(
  delivery: Delivery,
  shard: Db,
  bundles: readonly Bundle[],
): Promise<'stored' | 'unavailable' | { refused: string }> {
  try {
    await commit(shard, [guardMinimumVersions(bundles), ...storeBundles(bundles)]);
  } catch (error) {
    if (isRowsFault(error)) return { refused: reasonOf(error).slice(0, reasonCharsMax) };
    const rows = bundles.reduce((total, { count }) => total + count, 0);
    const log = (level: 'info' | 'warn' | 'error', why: string) =>
      delivery.log(level, `usage waits: ${why}`, { rows, error: reasonOf(error) });
    if (error instanceof GuardFailed) {
      log('info', 'it was judged by an older ownership than the shard demands');
      await catchUp(delivery, shard, bundles);
    } else if (error instanceof DatabaseUnavailable) log('warn', 'the shard is not available');
    else log('error', 'the shard could not be written');
    return 'unavailable';
  }
  for (const { customerSeq } of bundles) {
    const owner = delivery.owners.get(customerSeq);
    if (owner) delivery.stored?.(owner);
  }
  return 'stored';
}

/** A minimum above the control database's count is a hand-over that runs, or one that never came about. */
async function catchUp({ control, log }: Delivery, shard: Db, bundles: readonly Bundle[]): Promise<void> {
  try {
    await countUp({ control, shard }, bundles);
  } catch (error) {
    log('warn', 'usage waits: the minimum version of its ownership could not be looked up', { error: reasonOf(error) });
  }
}

/** A reason as a dead letter keeps it. */
const reasonCharsMax = 300;

/** A constraint or a type of the shard refused the data, or its JSON is none. Anything else, known or not, is tried again. */
const isRowsFault = (error: unknown): boolean =>
  error instanceof ConstraintFailed || /SQLITE_(CONSTRAINT|MISMATCH|TOOBIG)|malformed JSON/.test(reasonOf(error));
