/**
 * Asks every rule of the ledger, hourly and on demand, and keeps what breaks it. Of the usage shards a part is looked at each time; a row
 * that was found stays until the same part is looked at again.
 */
import type { SQL } from 'drizzle-orm';
import { type Db, openDb } from '../../db/client.ts';
import { type InvariantResult, keepResult } from '../../drift/invariant-store.ts';
import { invariants, rowsMax } from '../../drift/rules-store.ts';
import { ok } from '../../lib/result.ts';
import { dayMs } from '../../lib/time.ts';
import { unowned } from '../../reporters/unowned-store.ts';
import { placeAt, type Row, reportedBy, someCustomers, unequalDays } from '../../usage/ledger-store.ts';
import { type Context, carryOut, type Planned } from '../deed.ts';

const limited = (db: Db, rule: SQL): Promise<Row[]> => db.all<Row>(rule).then((rows) => rows.slice(0, rowsMax));

/** Plans the results; a rule that cannot be asked fails alone, and says so in the log. */
export async function checkInvariants(context: Context): Promise<Planned<InvariantResult[]>> {
  const { db, now } = context;
  const asked: Record<string, () => Promise<Row[]>> = {
    ...Object.fromEntries(Object.entries(invariants).map(([name, rule]) => [name, () => limited(db, rule(now))])),
    roll_ups_are_sums_of_windows: () => ofShards(context, unequal),
    windows_are_inside_ownerships: () => ofShards(context, outside),
  };
  const results: InvariantResult[] = [];
  for (const [name, ask] of Object.entries(asked)) {
    const rows = await ask();
    if (rows.length > 0) context.log('error', 'a rule of the ledger is broken', { rule: name, rows: rows.length });
    results.push({ name, ok: rows.length === 0, rows, checkedAt: now });
  }
  return ok({ value: results, writes: results.map(keepResult), audit: [] });
}

/** Cron. */
export const checkInvariantsHourly = (context: Context) => carryOut(context, () => checkInvariants(context));

type Look = (context: Context, shard: Db, customers: readonly number[]) => Promise<Row[]>;

const unequal: Look = ({ now }, shard, customers) => unequalDays(shard, customers, Math.floor(now / dayMs), rowsMax);

const outside: Look = async ({ db }, shard, customers) =>
  await unowned(db, await reportedBy(shard, customers), rowsMax);

/** What a rule finds in a part of each shard, with the shard's number. The part is another one each hour. */
async function ofShards(context: Context, look: Look): Promise<Row[]> {
  const found: Row[] = [];
  for (const [place, database] of context.shards.entries()) {
    const shard = openDb(database);
    const customers = await someCustomers(shard, await placeAt(shard, context.now));
    for (const row of await look(context, shard, customers)) found.push({ shard: place, ...row });
  }
  return found.slice(0, rowsMax);
}
