/** A month of an organisation by project, meter and label, beside the month before. Reads only. */
import type { Failure } from '../../contracts/failures.ts';
import { ok, type Result } from '../../lib/result.ts';
import { sameHourBefore } from '../../organisations/current.ts';
import { type Month, monthAt, secondsOfMonth, startOfMonth } from '../../organisations/month.ts';
import { isAttachedAfter, labelKeysOf, labelOf, type ProjectRow } from '../../organisations/project.ts';
import { monthOf } from '../../organisations/range.ts';
import type { ListRate } from '../../pricing/list-rates.ts';
import { betweenEdges } from '../../usage/cut.ts';
import type { UsageReads } from '../metering/usage-reads.ts';
import { type Asker, findScope } from './find-scope.ts';
import { readCosts } from './read-costs.ts';

export interface SummaryFigures {
  month: Month;
  totalCents: number;
  byProject: { project: ProjectRow; cents: number }[];
  /** `quantity` in the rate's unit. */
  byMeter: { rate: ListRate; cents: number; quantity: number }[];
  byLabel: { key: string; values: { value: string; cents: number; projects: number }[]; unlabelledCents: number }[];
  /** The month before up to `until`, ms. */
  previous: { month: Month; until: number; totalCents: number };
  complete: boolean;
  asOf: number | null;
}

/** Two steps: control database, then the shards. */
export async function readSummary(
  reads: UsageReads,
  asker: Asker,
  named: string | undefined,
): Promise<Result<SummaryFigures, Failure>> {
  const month = monthOf(named, reads.now);
  if (!month.ok) return month;
  const before = startOfMonth(month.value - 1);
  const found = await findScope(reads, asker, { since: before });
  if (!found.ok) return found;
  const { projects, rates } = found.value;
  const start = startOfMonth(month.value);
  const until = month.value === monthAt(reads.now) ? sameHourBefore(reads.now) : start;
  const { columns, ...costs } = await readCosts(
    reads,
    found.value,
    betweenEdges([before, Math.max(until, before), start, startOfMonth(month.value + 1)]),
  );
  const { buckets } = costs;
  const inMonth = buckets.findIndex((bucket) => bucket.start === start);
  const rows = projects.map((project, p) => {
    const cost = costs.projects[p];
    const meterCents = rates.map((_, r) => cost?.cents[r]?.[inMonth] ?? 0);
    return { project, cost, meterCents, cents: added(meterCents) };
  });
  // One that was detached in the month before costs nothing in this one: it is in what is compared only.
  const shown = rows.filter(({ project }) => isAttachedAfter(project, start));
  const totalCents = added(rows.map(({ cents }) => cents));
  const previousCents = added(
    rows.flatMap(({ cost }) =>
      (cost?.cents ?? []).map((cells) => added(cells.filter((_, b) => (buckets[b]?.end ?? until + 1) <= until))),
    ),
  );
  const ends = rows.flatMap(({ cost }) => cost?.lastEnd[inMonth] ?? []);
  return ok({
    month: month.value,
    totalCents,
    byProject: shown.map(({ project, cents }) => ({ project, cents })),
    byMeter: rates.map((rate, r) => {
      const places = rate.columns.map((column) => columns.indexOf(column));
      const units = rows.flatMap(({ cost }) => places.map((place) => cost?.units[place]?.[inMonth] ?? 0n));
      const held = rate.perMonth ? secondsOfMonth(month.value) : 1;
      return {
        rate,
        cents: added(rows.map(({ meterCents }) => meterCents[r] ?? 0)),
        quantity: Number(units.reduce((sum, n) => sum + n, 0n)) / rate.baseUnits / held,
      };
    }),
    byLabel: labelKeysOf(shown.map(({ project }) => project)).map((key) => byLabel(key, shown)),
    previous: { month: month.value - 1, until, totalCents: previousCents },
    complete: rows.every(({ cost }) => cost?.complete[inMonth] ?? true),
    asOf: ends.length === 0 ? null : Math.max(...ends),
  });
}

const added = (cents: readonly number[]): number => cents.reduce((sum, c) => sum + c, 0);

/** What the values of one label cost, the dearest first. */
function byLabel(key: string, rows: readonly { project: ProjectRow; cents: number }[]) {
  const valued = Map.groupBy(rows, ({ project }) => labelOf(project, key));
  const centsOf = (members: readonly { cents: number }[]) => added(members.map(({ cents }) => cents));
  const values = [...valued].flatMap(([value, members]) =>
    value === null ? [] : [{ value, cents: centsOf(members), projects: members.length }],
  );
  return {
    key,
    values: values.toSorted((a, b) => b.cents - a.cents),
    unlabelledCents: centsOf(valued.get(null) ?? []),
  };
}
