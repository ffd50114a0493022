/** Series of costs as they are drawn and listed: the dearest by name, the rest together. Pure. */
import type { Granularity, Trends } from '../../../src/contracts/organisation-billing.ts';
import { organisationTexts } from '../texts/organisation.ts';
import { centsOf } from './dollars.tsx';

const texts = organisationTexts.trends;
/** More colours are not told apart. */
const namedMax = 6;

export interface DrawnSeries {
  /** Of its own among them: two clusters may have a namespace of one name. */
  id: string;
  name: string;
  /** Cents, point by point. */
  cents: readonly number[];
}

export interface DrawnTrends {
  granularity: Granularity;
  /** Where the points begin, instants. */
  starts: readonly string[];
  series: readonly DrawnSeries[];
  /** Cents of all series, point by point. */
  totals: readonly number[];
  complete: readonly boolean[];
}

type Series = Trends['series'][number];

function nameOf({ kind, key, cluster_id }: Series, all: readonly Series[]): string {
  if (kind === 'unlabelled') return texts.unlabelled;
  if (kind === 'other') return texts.other;
  const isDouble = kind === 'project' && all.filter((one) => one.kind === kind && one.key === key).length > 1;
  return isDouble ? `${key} (${cluster_id})` : key;
}

export function drawn(trends: Trends): DrawnTrends {
  const all = trends.series;
  const starts = all[0]?.points.map(({ start }) => start) ?? [];
  const centsIn = (series: readonly Series[]) =>
    starts.map((_, n) => series.reduce((sum, { points }) => sum + centsOf(points[n]?.cost ?? 0), 0));
  const costly = all.filter(({ total, kind }) => total !== 0 && kind !== 'other');
  const named = costly.slice(0, namedMax);
  const rest = all.filter((one) => !named.includes(one));
  const isRest = rest.some(({ total }) => total !== 0);
  return {
    granularity: trends.granularity,
    starts,
    series: [
      ...named.map((one) => ({
        id: `${one.kind} ${one.cluster_id} ${one.key}`,
        name: nameOf(one, all),
        cents: centsIn([one]),
      })),
      ...(isRest ? [{ id: 'rest', name: texts.other, cents: centsIn(rest) }] : []),
    ],
    totals: centsIn(all),
    complete: starts.map((_, n) => all.every(({ points }) => points[n]?.complete ?? true)),
  };
}
