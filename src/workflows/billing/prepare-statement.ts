/**
 * Rates a period of a customer from the windows themselves and keeps them, digested and packed, as the statement of the invoice:
 * so bill and statement are one reading. The parts lie in the usage shard and count only once the row among `writes` is
 * committed; run again it prepares anew, and a statement that is signed stays as it is.
 */
import type { CostLine } from '../../contracts/cost.ts';
import type { WindowDigest } from '../../contracts/statements.ts';
import type { CustomerRow } from '../../customers/store.ts';
import type { Db } from '../../db/client.ts';
import { shardOf } from '../../db/shards.ts';
import type { Write } from '../../db/write.ts';
import { newId } from '../../lib/ids.ts';
import { holds, type Period, type PeriodKind } from '../../periods/period.ts';
import { versionOf } from '../../pricing/catalogue.ts';
import { toCostLine } from '../../pricing/cost-line.ts';
import { type Rated, rate } from '../../pricing/rate.ts';
import { planAt, stretchesOf } from '../../pricing/segments.ts';
import { findRatingBasis, type RatingBasis } from '../../pricing/store.ts';
import {
  type Basis,
  changesBefore,
  type EarlierPeriod,
  overridesBefore,
  toEarlier,
  toPeriod,
} from '../../statements/basis.ts';
import { stateCatalogue } from '../../statements/catalogue.ts';
import { partWriter } from '../../statements/part-store.ts';
import { notePrepared } from '../../statements/store.ts';
import { type Cut, tallyOf } from '../../statements/tally.ts';
import {
  dayOf,
  digestOf,
  groupOf,
  inFileOrder,
  lineOf,
  type StatedWindow,
  statedColumns,
} from '../../statements/window.ts';
import { instanceOf, type Metering, meteringOf, namespaceOf } from '../../usage/names-store.ts';
import { readWindows, type WindowRow } from '../../usage/window-store.ts';
import type { Context } from '../deed.ts';

export interface StatementWish {
  invoiceId: string;
  customer: Pick<CustomerRow, 'id' | 'seq' | 'usageShard'>;
  /** The period whose usage the invoice bills; null where it has only what changed in earlier ones, or no usage at all. */
  period: (Period & { kind: PeriodKind }) | null;
  /** Periods that earlier invoices billed and that this one corrects. */
  earlier?: readonly EarlierPeriod[];
}

export interface PreparedStatement {
  /** The period's lines and total: what the invoice bills. Null where it has no period. */
  rated: Rated | null;
  /** Of each earlier period in turn, the whole of it: what is due is the difference to what was billed. */
  earlier: readonly Rated[];
  /** Belong into the batch that fixes the invoice's lines. */
  writes: readonly Write[];
}

const cutsOf = (period: Period, { changes, overrides, catalogue }: RatingBasis): Cut[] =>
  stretchesOf(period, changes, overrides).map(({ start, end, plan, planVersion, overrides: own }) => ({
    start,
    end,
    plan: versionOf(catalogue, plan, planVersion),
    overrides: own,
  }));

function planNow({ changes, catalogue }: RatingBasis, now: number) {
  const { plan, planVersion } = planAt(changes, now);
  return versionOf(catalogue, plan, planVersion);
}

/** Names of rows by number; of two that share a name each says its number. */
function namesIn(metering: Metering) {
  const unique = (numbers: Iterable<number>, nameOf: (seq: number) => string): Map<number, string> => {
    const all = [...numbers].map((seq) => [seq, nameOf(seq)] as const);
    const shared = new Set(all.map(([, name]) => name).filter((name, i, names) => names.indexOf(name) !== i));
    return new Map(all.map(([seq, name]) => [seq, shared.has(name) ? `${name}#${seq}` : name]));
  };
  const namespaces = unique(metering.namespaces.keys(), (seq) => namespaceOf(metering, seq));
  const instances = unique(metering.reporters.keys(), (seq) => instanceOf(metering, seq));
  return (row: WindowRow): Pick<StatedWindow, 'namespace' | 'instance_id'> => ({
    namespace: namespaces.get(row.projectSeq) ?? `#${row.projectSeq}`,
    instance_id: instances.get(row.reporterSeq) ?? `#${row.reporterSeq}`,
  });
}

function toStated(row: WindowRow, names: Pick<StatedWindow, 'namespace' | 'instance_id'>): StatedWindow {
  const reported = statedColumns.flatMap((column, i) => {
    const units = row.units[i];
    return units === null || units === undefined ? [] : [[column, units] as const];
  });
  return {
    ...names,
    start: row.windowEnd - row.seconds * 1000,
    end: row.windowEnd,
    revision: row.revision,
    quantities: Object.fromEntries(reported),
  };
}

/** The windows of some periods, a UTC day at a time: 100 namespaces an hour are 2,400. Periods are oldest first. */
async function* statedDays(shard: Db, customerSeq: number, periods: readonly Period[], metering: Metering) {
  const names = namesIn(metering);
  let day: StatedWindow[] = [];
  for (const { start: from, end: to } of periods) {
    for await (const row of readWindows(shard, { customerSeq, from, to }, statedColumns)) {
      const window = toStated(row, names(row));
      if (day[0] && dayOf(day[0].end) !== dayOf(window.end)) {
        yield day;
        day = [];
      }
      day.push(window);
    }
  }
  if (day.length > 0) yield day;
}

/** Digests of a day's windows, in the order of the file. */
async function digestsOf(windows: readonly StatedWindow[]): Promise<WindowDigest[]> {
  const groups = [...Map.groupBy(windows, groupOf).values()];
  return await Promise.all(
    groups.map(async (alike) => {
      const [{ namespace, instance_id, end }] = alike as [StatedWindow, ...StatedWindow[]];
      return {
        namespace,
        instance_id,
        day: dayOf(end),
        windows: alike.length,
        sha256: await digestOf(alike.map(lineOf)),
      };
    }),
  );
}

const usageLines = ({ lines }: Rated, period: Period): CostLine[] =>
  lines.filter(({ kind }) => kind === 'usage').map((line) => toCostLine(line, period));

/** @throws AmountOutOfRange; DatabaseUnavailable */
export async function prepareStatement(
  context: Pick<Context, 'db' | 'shards' | 'now' | 'random'>,
  { invoiceId, customer, period, earlier = [] }: StatementWish,
): Promise<PreparedStatement> {
  const { db, now, random } = context;
  const shard = shardOf(context, customer);
  const [basis, metering] = await Promise.all([findRatingBasis(db, customer.id), meteringOf(db, customer.id)]);
  const bills = [...(period === null ? [] : [period]), ...earlier].map((one) => {
    const cuts = cutsOf(one, basis);
    return { period: one, cuts, tally: tallyOf(cuts) };
  });
  const run = newId('statement', random);
  const file = partWriter(shard, { invoiceId, run, kind: 'windows' });
  const digests: WindowDigest[] = [];
  let count = 0;
  const inTime = bills.map((bill) => bill.period).toSorted((a, b) => a.start - b.start);
  for await (const day of statedDays(shard, customer.seq, inTime, metering)) {
    const windows = day.toSorted(inFileOrder);
    for (const window of windows) {
      bills.find((bill) => holds(bill.period, window.end))?.tally.add(window);
      await file.add(`${lineOf(window)}\n`);
    }
    digests.push(...(await digestsOf(windows)));
    count += windows.length;
  }
  const windowParts = await file.end();
  const all = bills.map((bill) => rate({ period: bill.period, stretches: bill.tally.stretches() }));
  const rated = period === null ? null : (all[0] ?? null);
  // Without usage nothing is rated: it says which plan the customer was on.
  const lastEnd = bills.length === 0 ? now : Math.max(...bills.map((bill) => bill.period.end));
  const plans = bills.length === 0 ? [planNow(basis, now)] : bills.flatMap(({ cuts }) => cuts.map(({ plan }) => plan));
  const frozen: Basis = {
    period: period === null ? null : { ...toPeriod(period), kind: period.kind },
    earlier: earlier.map(toEarlier),
    catalogue: await stateCatalogue(plans),
    overrides: overridesBefore(basis.overrides, lastEnd),
    plan_changes: changesBefore(basis.changes, lastEnd),
    digests,
    lines: period === null || rated === null ? [] : usageLines(rated, period),
  };
  const kept = partWriter(shard, { invoiceId, run, kind: 'basis' });
  await kept.add(JSON.stringify(frozen));
  await kept.end();
  const periodStart = period?.start ?? inTime[0]?.start ?? now;
  const row = { invoiceId, customerId: customer.id, periodStart, run, windows: count, windowParts };
  return { rated, earlier: period === null ? all : all.slice(1), writes: [notePrepared({ ...row, preparedAt: now })] };
}
