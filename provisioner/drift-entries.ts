/** Differences as the wire takes them (contracts/jobs.ts): one line each, within its bounds, no more than it takes. */
import type { DriftEntry } from '../src/contracts/jobs.ts';
import type { Failure } from './failure.ts';

/** How many differences one answer holds. */
const driftMax = 100;
const objectMax = 300;
const differenceMax = 1000;

const cut = (text: string, max: number): string => (text.length <= max ? text : `${text.slice(0, max - 1)}…`);

/** An entry with its texts cut to what the wire takes. */
export const entry = (object: string, kind: DriftEntry['kind'], difference: string): DriftEntry => ({
  object: cut(object, objectMax),
  kind,
  difference: cut(difference.replace(/\s+/g, ' ').trim(), differenceMax),
});

/** A step that failed where the job goes on without it. */
export const entryOf = (object: string, failure: Failure): DriftEntry =>
  entry(
    object,
    failure.code === 'secret_lost' || failure.code === 'claim_lost' ? 'missing' : 'changed',
    `${failure.code}: ${failure.message}`,
  );

/** The first `driftMax` of them; of more, the last says how many there are. */
export function bounded(entries: DriftEntry[]): DriftEntry[] {
  if (entries.length <= driftMax) return entries;
  const kept = entries.slice(0, driftMax - 1);
  return [...kept, entry('…', 'changed', `${entries.length - kept.length} more differences`)];
}
