/** Short ways to write samples in tests: seconds on the clock, values beside them. */
import type { Observed } from '../../../exporter/metering/observed.ts';
import { reportOf } from '../../../exporter/metering/report.ts';
import type { Labels, RawSeries } from '../../../exporter/metering/series.ts';
import { meterWindow } from '../../../exporter/metering/window.ts';

export const at = (seconds: number): number => seconds * 1000;

/** A series from `[second, value]` pairs. */
export const series = (labels: Labels, ...pairs: [number, number][]): RawSeries => ({
  labels,
  times: pairs.map(([t]) => at(t)),
  values: pairs.map(([, v]) => v),
});

/** Every `step` seconds from one to another, both included. */
export const ticks = (from: number, to: number, step = 30): number[] =>
  Array.from({ length: Math.floor((to - from) / step) + 1 }, (_, i) => from + i * step);

const scrape = { job: 'kubelet', instance: 'node-1:10250', metrics_path: '/metrics/cadvisor' };
export const nodeLabels = (more: Labels = {}): Labels => ({ ...scrape, ...more });

/** `up` of the node's target: good at some seconds, failed at others. */
export const up = (good: number[], failed: number[] = [], labels: Labels = scrape): RawSeries => {
  const all = [...good.map((t) => [t, 1] as [number, number]), ...failed.map((t) => [t, 0] as [number, number])];
  return series(labels, ...all.sort((a, b) => a[0] - b[0]));
};

export const windowStart = 36_000;
export const windowEnd = 39_600;

/** What was read for the hour [36000 s, 39600 s): nothing, unless it is given. */
export const observed = (more: Partial<Observed> = {}): Observed => ({
  namespace: 'n',
  window: { startMs: at(windowStart), endMs: at(windowEnd) },
  gapLimitMs: at(300),
  horizonMs: at(windowEnd),
  http: 'none',
  hostNetwork: 'none',
  samples: {},
  carried: {},
  ups: [],
  targets: {},
  kinds: {},
  showing: ['cadvisor', 'kubelet', 'nginx', 'istio', 'traefik'],
  starts: [],
  processes: [],
  cores: [],
  claims: [],
  names: { namespaces: [], own: [] },
  pods: [],
  podsListed: false,
  history: [],
  ...more,
});

/** The hour's report of what was read. */
export const report = (more: Partial<Observed>) => {
  const read = observed(more);
  const about = { customerId: 'c', instanceId: 'i', namespace: 'n', computedMs: at(windowEnd) };
  return reportOf({ ...about, window: read.window, gapLimitMs: read.gapLimitMs }, meterWindow(read));
};
