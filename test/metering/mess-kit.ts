/** What days of mess are made with: which samples are meant, and what becomes of them on their way. */
import type { Bricks } from './build.ts';
import { type Case, minuteMs, type Sample, type TargetKind } from './model.ts';

/** A day of mess and what may be said of it. */
export interface Mess {
  /** The kind, a row of docs/metering.md. */
  kind: string;
  day: Case;
  /** Whether windows are incomplete: none, some of them must be, or either. */
  flag: 'never' | 'must' | 'may';
  /** How much less than the truth an unflagged day may be, beyond what edges cost; what no sample shows. */
  slack?: number;
  /** The most that storage may come to, bytes, where claims show more than they hold. */
  storageMax?: number;
}

export type Change = (b: Bricks, day: Case) => Partial<Omit<Mess, 'day' | 'kind'>> & { day?: Case };
export type Through = (sample: Sample) => Sample[];

export const isCpu = ({ name, labels }: Sample): boolean =>
  name === 'container_cpu_usage_seconds_total' && Boolean(labels['container']) && labels['container'] !== 'POD';
export const isNetwork = ({ name }: Sample): boolean => name.startsWith('container_network_');
export const isRequest = ({ name }: Sample): boolean => name === 'nginx_ingress_controller_requests';
export const isStart = ({ name }: Sample): boolean => name === 'container_start_time_seconds';

export const via = (day: Case, kind: TargetKind, through: Through): Case => ({
  ...day,
  targets: day.targets.map((t) => (t.kind === kind ? { ...t, through } : t)),
});
export const without = (sample: Sample, ...names: string[]): Sample => {
  const labels = { ...sample.labels };
  for (const name of names) delete labels[name];
  return { ...sample, labels };
};
export const having = (sample: Sample, labels: Record<string, string>): Sample => ({
  ...sample,
  labels: { ...sample.labels, ...labels },
});
/** The minute of the day. */
export const minute = (b: Bricks, { atMs }: Sample): number => Math.floor((atMs - b.fromMs) / minuteMs);
export const nodeOf = (day: Case): string => day.pods[0]?.node ?? '';
export const once = (b: Bricks, test: (s: Sample) => boolean, change: (s: Sample) => Sample[], at: number): Through => {
  return (s) => (test(s) && minute(b, s) === at ? change(s) : [s]);
};
export const fromThen = (
  b: Bricks,
  test: (s: Sample) => boolean,
  change: (s: Sample) => Sample,
  at: number,
): Through => {
  return (s) => (test(s) && minute(b, s) >= at ? [change(s)] : [s]);
};
