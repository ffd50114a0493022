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
import { each } from '../each.ts';

/** Rules of one call: one for each would be two dozen, and one for all of them would keep everybody else from the database. */
const rulesAtOnce = 8;

type Asked = Pick<InvariantResult, 'name' | 'rows'>;
type Rule = { name: string; query: SQL };

/** Plans the results; a rule that cannot be asked fails alone, and says so in the log. */
export async function checkInvariants(context: Context): Promise<Planned<InvariantResult[]>> {
  const { now, log } = context;
  const asked = [...(await askControl(context)), ...(await askShards(context))];
  for (const { name, rows } of asked)
    if (rows.length > 0) log('error', 'a rule of the ledger is broken', { rule: name, rows: rows.length });
  const results = asked.map(({ name, rows }) => ({ name, ok: rows.length === 0, rows, checkedAt: now }));
  return ok({ value: results, writes: results.map(keepResult), audit: [] });
}

/** The rules of the control database, some in a call; where that fails each by itself. */
async function askControl({ db, now, log }: Context): Promise<Asked[]> {
  const rules = Object.entries(invariants).map(([name, rule]) => ({ name, query: rule(now) }));
  const asked: Asked[] = [];
  for (let first = 0; first < rules.length; first += rulesAtOnce) {
    const part = rules.slice(first, first + rulesAtOnce);
    const answers = await together(db, part).catch(() => each(part, (rule) => alone(db, rule), namedIn(log)));
    asked.push(...answers);
  }
  return asked;
}

const namedIn = (log: Context['log']) => ({
  log,
  what: 'asking a rule of the ledger',
  named: ({ name }: { name: string }) => ({ rule: name }),
});

async function together(db: Db, rules: readonly Rule[]): Promise<Asked[]> {
  const [first, ...others] = rules.map(({ query }) => db.all<Row>(query));
  if (first === undefined) return [];
  const answers = await db.batch([first, ...others]);
  return rules.map(({ name }, n) => ({ name, rows: (answers[n] ?? []).slice(0, rowsMax) }));
}

const alone = async (db: Db, { name, query }: Rule): Promise<Asked> => ({
  name,
  rows: (await db.all<Row>(query)).slice(0, rowsMax),
});

/** What the usage shards have to be asked for as well. */
const askShards = (context: Context): Promise<Asked[]> =>
  each(
    [
      { name: 'roll_ups_are_sums_of_windows', look: unequal },
      { name: 'windows_are_inside_ownerships', look: outside },
    ],
    async ({ name, look }) => ({ name, rows: await ofShards(context, look) }),
    namedIn(context.log),
  );

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
