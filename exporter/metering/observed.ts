/** Everything that was read from Prometheus for one window: the only input of the metering core. */
import type { HttpSource, SourceName, TargetKind } from './catalogue.ts';
import type { PodHistory } from './coverage.ts';
import type { Labels, RawSeries, Span } from './series.ts';
import type { KnownNames } from './services.ts';
import type { TargetSettings } from './trust.ts';

export interface Observed {
  namespace: string;
  window: Span;
  /** A longer time without a good scrape makes the window incomplete, ms. */
  gapLimitMs: number;
  /** How far scrapes are known, at or after the window's end, ms. */
  horizonMs: number;
  http: HttpSource;
  /** `none`: it is promised that no pod uses the node's network. */
  hostNetwork: 'detect' | 'none';
  /** Which targets are believed, where the operator says so. */
  targets: TargetSettings;
  /** Counters: samples from the base (at most 24 h before the window) to its end. Gauges: to the horizon, if begun by then. */
  samples: Partial<Record<SourceName, RawSeries[]>>;
  /** Label sets (scrape labels and identity) that a kind's targets showed of the namespace in the last 24 h. */
  carried: Partial<Record<TargetKind, Labels[]>>;
  /** `up` of the targets in question, from shortly before the window to the horizon. */
  ups: RawSeries[];
  /** `up` of every target of a kind. */
  kinds: Partial<Record<TargetKind, RawSeries[]>>;
  /** Kinds of which some target shows things of somebody, and so would show ours. */
  showing: TargetKind[];
  starts: RawSeries[];
  /** `process_start_time_seconds` of processes that count requests. */
  processes: RawSeries[];
  /** Cores of the nodes, by instance. */
  cores: { instance: string; cores: number }[];
  /** What bounds claims, bytes. */
  claims: { claim: string; capacity?: number; request?: number }[];
  names: KnownNames;
  pods: RawSeries[];
  /** Whether kube-state-metrics lists any pods of the cluster in the window. */
  podsListed: boolean;
  /** Of pods that are not shown throughout by all that should show them. */
  history: PodHistory[];
}
