/**
 * What is promised of a stack's usage beside what the kernel counted, and what does not keep it.
 *
 * **At the samples.** A window is metered between the last samples at or before its edges. What the counters stood at when those were taken
 * is the same within 0.1 %, both ways.
 *
 * **At the edges.** cAdvisor looks at a container every 15 s at most, so what the counters grew by between a window's own edges is in
 * part in the window before and in the one after. Of a single minute that can be a quarter. Of an hour it is 15 s at each end, 0.42 %:
 * a run of an hour of windows or more is within 0.5 % of what the counters grew by between its first and its last edge. However
 * short, it is never above by 0.1 % of that and of what the first edge's samples had not yet shown: nothing is metered twice.
 */
import type { WindowReport } from '../../src/contracts/usage.ts';

const atSamples = 0.001;
const atEdges = 0.005;
/** Windows of a minute from which on the edges' own 15 s are less than what is allowed. */
const windowsOfEdges = 60;

export type Field = 'cpu_hours' | 'network_bytes_sent' | 'network_bytes_received';

/** In CPU seconds or bytes; what the kernel counted is known to lie between `least` and `most`. */
export interface Meter {
  field: Field;
  metered: number;
  least: number;
  most: number;
  /** What was counted at most from the samples of an edge until the edge. */
  unseenAtStart: number;
  unseenAtEnd: number;
}

/** A window, between the samples of its edges. */
export interface Compared {
  startMs: number;
  endMs: number;
  /** Null when the window was whole: what is not known to the exporter is not billed, and not compared. */
  gaps: WindowReport['gaps'] | null;
  meters: Meter[];
}

/** Whole windows one after the other, between the first edge and the last. */
export interface ComparedRun {
  startMs: number;
  endMs: number;
  windows: number;
  meters: Meter[];
}

/** The longest run of windows that follow one another and are whole. */
export function longestWhole(windows: readonly Compared[]): Compared[] {
  let [longest, run]: Compared[][] = [[], []];
  for (const one of windows) {
    if (one.gaps !== null) run = [];
    else run = run?.at(-1)?.endMs === one.startMs ? [...run, one] : [one];
    if (run.length > (longest?.length ?? 0)) longest = run;
  }
  return longest ?? [];
}

const above = ({ field, metered }: Meter, most: number, part: number): string[] =>
  metered > most * (1 + part) ? [`${field} ${metered} is above ${most}`] : [];
const below = ({ field, metered }: Meter, least: number, part: number): string[] =>
  metered < least * (1 - part) ? [`${field} ${metered} is below ${least}`] : [];

/** Meters of a window that are not as promised, in words. */
export const faultsOf = ({ meters }: Compared): string[] =>
  meters.flatMap((meter) => [...above(meter, meter.most, atSamples), ...below(meter, meter.least, atSamples)]);

/** Meters of a run that are not as promised, in words. */
export const faultsOfRun = ({ windows, meters }: ComparedRun): string[] =>
  meters.flatMap((meter) => [
    ...above(meter, meter.most + meter.unseenAtStart, atSamples),
    ...below(meter, meter.least - meter.unseenAtEnd, atSamples),
    ...(windows < windowsOfEdges ? [] : [...above(meter, meter.most, atEdges), ...below(meter, meter.least, atEdges)]),
  ]);

const timeOf = (ms: number): string => new Date(ms).toISOString().slice(11, 16);
const wordsOf = (meters: readonly Meter[]): string =>
  meters
    .map(({ field, metered, least, most }) => `${field}: metered ${metered}, the kernel between ${least} and ${most}`)
    .join('; ');

/** A line of a window for people. */
export const lineOf = ({ startMs, gaps, meters }: Compared): string =>
  gaps !== null ? `${timeOf(startMs)}  not whole: ${JSON.stringify(gaps)}` : `${timeOf(startMs)}  ${wordsOf(meters)}`;

/** A line of a run for people. */
export const lineOfRun = ({ startMs, endMs, windows, meters }: ComparedRun): string =>
  `${timeOf(startMs)} to ${timeOf(endMs)}, ${windows} windows, at the edges  ${wordsOf(meters)}`;
