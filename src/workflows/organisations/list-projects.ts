/** Projects of an organisation with what they cost, searched, sorted and paged. Reads only. */
import type { Failure } from '../../contracts/failures.ts';
import type { ProjectSort } from '../../contracts/organisation-billing.ts';
import { ok, type Result } from '../../lib/result.ts';
import type { Current } from '../../organisations/current.ts';
import { hasLabel, isFoundBy, type ProjectRow } from '../../organisations/project.ts';
import type { UsageReads } from '../metering/usage-reads.ts';
import { type Asker, findScope, withProjects } from './find-scope.ts';
import { readFigures, readForecasts } from './read-figures.ts';

export interface ProjectsQuery {
  q?: string | undefined;
  /** `key:value`. */
  label?: string | undefined;
  sort: ProjectSort | `-${ProjectSort}`;
  page: number;
  limit: number;
}

export interface ListedProject {
  project: ProjectRow;
  current: Current;
  /** Cents, null where nothing can be foretold. */
  forecastCents: number | null;
}

export interface ListedProjects {
  items: ListedProject[];
  total: number;
}

/** Three steps: control database, the shards for all that is sorted by cost, the shards for the page's forecasts. */
export async function listProjects(
  reads: UsageReads,
  asker: Asker,
  query: ProjectsQuery,
): Promise<Result<ListedProjects, Failure>> {
  const scope = await findScope(reads, asker);
  if (!scope.ok) return scope;
  const { q, label, page, limit } = query;
  const found = scope.value.projects.filter(
    (project) => (q === undefined || isFoundBy(project, q)) && (label === undefined || hasLabel(project, label)),
  );
  const pageOf = <T>(items: readonly T[]): T[] => items.slice((page - 1) * limit, page * limit);
  const descending = query.sort.startsWith('-');
  const sort = query.sort.replace('-', '') as ProjectSort;
  const byName = descending ? found.toReversed() : found;
  const costed = withProjects(scope.value, sort === 'namespace' ? pageOf(byName) : found);
  const figures = await readFigures(reads, costed, { together: false });
  const rows = costed.projects.map((project) => ({ project, current: figures.current.get(project.seq) as Current }));
  const shown = sort === 'namespace' ? rows : pageOf(rows.toSorted(orderOf(sort, descending)));
  const paged = withProjects(
    scope.value,
    shown.map(({ project }) => project),
  );
  const forecasts = await readForecasts(reads, paged, Promise.resolve(figures));
  const items = shown.map((row) => ({ ...row, forecastCents: forecasts.get(row.project.seq) ?? null }));
  return ok({ items, total: found.length });
}

type Row = Omit<ListedProject, 'forecastCents'>;

const values: Record<Exclude<ProjectSort, 'namespace'>, (row: Row) => number> = {
  current_month_total: ({ current }) => current.totalCents,
  last_day_spend: ({ current }) => current.lastDayCents,
  as_of: ({ current }) => current.asOf ?? 0,
};

/** Equals stay in the order of their names. */
const orderOf =
  (sort: keyof typeof values, descending: boolean) =>
  (a: Row, b: Row): number =>
    (values[sort](a) - values[sort](b)) * (descending ? -1 : 1);
