/**
 * Shares of a month's cost by the values of one label. Projects labelled `shared: true` are everybody's: what they cost is
 * split among the values by what each costs itself, equally while none costs anything. Projects without the label are
 * nobody's, and take no part of it. Pure.
 */
import { labelOf, type ProjectRow } from './project.ts';
import { splitCents } from './split.ts';

const sharedKey = 'shared';

export interface Share {
  value: string;
  ownCents: number;
  sharedCents: number;
  projects: string[];
}

export interface Attribution {
  /** The dearest first. */
  shares: Share[];
  unlabelled: { cents: number; projects: string[] };
  shared: { cents: number; rule: 'by_own_cost' | 'equally' | 'nobody'; projects: string[]; leftCents: number };
}

type Costed = { project: ProjectRow; cents: number };

const added = (rows: readonly Costed[]): number => rows.reduce((sum, { cents }) => sum + cents, 0);
const namesOf = (rows: readonly Costed[]): string[] => [...new Set(rows.map(({ project }) => project.namespace))];

/** Every cent is in exactly one share, in `unlabelled` or in `shared.leftCents`. */
export function attribute(rows: readonly Costed[], key: string): Attribution {
  // Asked by that very label, what is shared is a value like others.
  const isShared = ({ project }: Costed) => key !== sharedKey && project.labels?.[sharedKey] === 'true';
  const everybodys = rows.filter(isShared);
  const valued = Map.groupBy(
    rows.filter((row) => !isShared(row)),
    ({ project }) => labelOf(project, key),
  );
  const nobodys = valued.get(null) ?? [];
  const own = [...valued].flatMap(([value, members]) =>
    value === null ? [] : [{ value, ownCents: added(members), projects: namesOf(members) }],
  );
  const cents = added(everybodys);
  const parts = splitCents(
    cents,
    own.map(({ ownCents }) => ownCents),
  );
  const shares = own.map((share, i) => ({ ...share, sharedCents: parts[i] ?? 0 }));
  return {
    shares: shares.toSorted((a, b) => b.ownCents + b.sharedCents - a.ownCents - a.sharedCents),
    unlabelled: { cents: added(nobodys), projects: namesOf(nobodys) },
    shared: {
      cents,
      rule: own.length === 0 ? 'nobody' : own.some(({ ownCents }) => ownCents > 0) ? 'by_own_cost' : 'equally',
      projects: namesOf(everybodys),
      leftCents: own.length === 0 ? cents : 0,
    },
  };
}
