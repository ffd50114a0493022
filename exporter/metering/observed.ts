/** Everything that was read from Prometheus for one window: the only input of the metering core. */
import type { HttpSource, SourceName, TargetKind } from './catalogue.ts';
import type { Labels, RawSeries, Span } from './series.ts';

export interface Observed {
  window: Span;
  /** A longer time without a good scrape makes the window incomplete, ms. */
  gapLimitMs: number;
  /** How far scrapes are known, at or after the window's end, ms. */
  horizonMs: number;
  http: HttpSource;
  /** `none`: it is promised that no pod uses the node's network. */
  hostNetwork: 'detect' | 'none';
  /** Counters: samples from the base (at most 24 h before the window) to its end. Gauges: to the horizon, if begun by then. */
  samples: Partial<Record<SourceName, RawSeries[]>>;
  /** Label sets (scrape labels and identity) that a kind's targets showed of the namespace in the last 24 h. */
  carried: Partial<Record<TargetKind, Labels[]>>;
  /** `up` of the targets in question, from shortly before the window to the horizon. */
  ups: RawSeries[];
  /** `up` of every target of a kind. */
  kinds: Partial<Record<TargetKind, RawSeries[]>>;
  starts: RawSeries[];
  pods: RawSeries[];
  /** Whether kube-state-metrics lists any pods of the cluster in the window. */
  podsListed: boolean;
  /** Pods that no node's target shows: those whose phase was never Running, and those that ran for longer than a gap. */
  neverRan: string[];
  ran: string[];
}
