/** What each project of a scope costs by now, and in the last full hour. Reads only. */
import { hourCents } from '../../organisations/current.ts';
import type { ProjectRow } from '../../organisations/project.ts';
import type { ListRate } from '../../pricing/list-rates.ts';
import type { UsageReads } from '../metering/usage-reads.ts';
import type { Scope } from './find-scope.ts';
import { readFigures } from './read-figures.ts';

export interface ProjectNow {
  project: ProjectRow;
  /** Cents of the month so far, by meter in the order of the rates, and their sum. */
  meters: readonly { rate: ListRate; cents: number }[];
  totalCents: number;
  /** Cents of the last full hour. */
  hourCents: number;
  /** The end of the month's newest window, ms; null while there is none. */
  asOf: number | null;
}

/** One step: the shards. */
export async function readNow(reads: UsageReads, scope: Scope): Promise<ProjectNow[]> {
  const { rates, projects } = scope;
  const { current, columns } = await readFigures(reads, scope);
  return projects.flatMap((project): ProjectNow[] => {
    const now = current.get(project.seq);
    if (!now) return [];
    return [
      {
        project,
        meters: rates.map((rate, r) => ({ rate, cents: now.meterCents[r] ?? 0 })),
        totalCents: now.totalCents,
        hourCents: hourCents(now.hourUnits, now.hourEnd, rates, columns),
        asOf: now.asOf,
      },
    ];
  });
}
