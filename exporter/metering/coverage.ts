/**
 * Whatever ran on a scraped node without its series, per meter and pod, is a gap: pod-level series only, a label lost
 * midway, another interface. What ran is told by kube-state-metrics, else by what else the node shows of the pod.
 */
import { nodeTargets, type Pods } from './pods.ts';
import { lateMs, type Target } from './scrapes.ts';
import type { RawSeries, Span } from './series.ts';
import { inside, merged, minus, type Unseen } from './unseen.ts';

/** What is known of a pod that was not shown throughout. */
export interface PodHistory {
  pod: string;
  /** When its phase was Running; undefined when nobody tells phases. */
  running?: Span[] | undefined;
  /** When any of its containers was running; undefined when nobody tells. */
  containers?: Span[] | undefined;
  /** CPU of its cgroup. */
  cgroup: RawSeries[];
}

/** When some series were shown: from a sample to the next unless a gap lies between, and an interval beyond the last. */
export function shownIn(series: RawSeries[], intervalMs: number, gapLimitMs: number): Span[] {
  const spans: Span[] = [];
  // No object for each sample: there are as many as the exporter can hold.
  for (const { times } of series) {
    let startMs = times[0];
    for (let i = 0; startMs !== undefined && i < times.length; i++) {
      const [t = 0, next] = [times[i], times[i + 1]];
      if (next !== undefined && next - t <= gapLimitMs) continue;
      spans.push({ startMs, endMs: t + intervalMs });
      startMs = next;
    }
  }
  return spans.length > 1 ? merged(spans) : spans;
}

export interface CoverageView {
  window: Span;
  gapLimitMs: number;
  intervalMs: number;
  pods: Pods;
  history: ReadonlyMap<string, PodHistory>;
  /** Pods of which targets show something that are not believed. */
  strangers: ReadonlySet<string>;
  /** Targets that showed something of a pod. */
  targetsOf: (pod: string) => Target[];
  /** When containers of a pod say that they started, ms. */
  startsOf: (pod: string) => number[];
  /** Every target of nodes that is known. */
  all: Target[];
}

/** A container appears some seconds after its pod runs and goes some before; its first scrape comes within an interval. */
const edgeMs = 60_000;
/** A pod whose containers wait for their next start uses nothing; so much of a core, per ms, is use. */
const idlePerMs = 0.005 / 1000;

/**
 * @param pods those that one source, or another of the same targets, shows
 * @param shown when the source shows a pod
 * @param beside when others show it
 * @param isExpected whether the pod has such things at all
 */
export function unshown(
  view: CoverageView,
  pods: Iterable<string>,
  shown: (pod: string) => Span[],
  beside: (pod: string) => Span[],
  isExpected: (pod: string) => boolean,
): Unseen[] {
  const { window, gapLimitMs, intervalMs } = view;
  const names = new Set([...view.history.keys(), ...pods]);
  // Listed, and shown only by targets that are not believed.
  const strangers = view.pods
    .listed()
    .filter(({ pod }) => view.strangers.has(pod) && !names.has(pod) && isExpected(pod));
  const found: Unseen[] = strangers.map(({ pod, span }) => ({
    thing: `pod ${pod}`,
    why: 'not_shown',
    spans: inside(trimmed([span], window, edgeMs), window),
  }));
  for (const pod of names) {
    const history = view.history.get(pod);
    const known = history?.containers ?? history?.running;
    // Who is told to have run needs no witness on the node; others need one.
    const ran = known ?? [...beside(pod), ...shownIn(history?.cgroup ?? [], intervalMs, gapLimitMs)];
    const expected = inside(trimmed(ran, window, Math.max(edgeMs, 2 * intervalMs)), window);
    const hidden = minus(expected, shown(pod));
    if (hidden.length === 0 || !isExpected(pod)) continue;
    const left = minus(hidden, dark(view, pod)).filter(
      (span) =>
        history?.containers !== undefined || !(isIdle(history?.cgroup ?? [], span) || isRestart(view, pod, span)),
    );
    if (left.length > 0) found.push({ thing: `pod ${pod}`, why: 'not_shown', spans: left });
  }
  return found;
}

/** Without its edges, where they are not the window's. */
function trimmed(spans: Span[], window: Span, byMs: number): Span[] {
  return merged(spans).map(({ startMs, endMs }) => ({
    startMs: startMs > window.startMs ? startMs + byMs : startMs,
    endMs: endMs < window.endMs ? endMs - byMs : endMs,
  }));
}

/** When the pod's node was not scraped: that is a gap of the node's (evidence.ts). */
function dark(view: CoverageView, pod: string): Span[] {
  const targets = view.targetsOf(pod);
  const scraped = targets.length > 0 ? targets : nodeTargets(view.all, view.pods.infoOf(pod));
  const times = [...new Set(scraped.flatMap((t) => t.good))].sort((a, b) => a - b);
  const late = Math.max(...scraped.map((t) => lateMs(t, view.gapLimitMs)), view.gapLimitMs);
  const edges = [view.window.startMs - late, ...times, view.window.endMs + late];
  return edges.flatMap((to, i) => {
    const from = edges[i - 1];
    return from !== undefined && to - from > late ? [{ startMs: from, endMs: to }] : [];
  });
}

/** Whether a container of the pod started in the span or just before: no longer than a gap, it waited for that. */
function isRestart({ startsOf, gapLimitMs, intervalMs }: CoverageView, pod: string, { startMs, endMs }: Span): boolean {
  const earliestMs = startMs - 2 * intervalMs;
  return endMs - startMs <= gapLimitMs && startsOf(pod).some((ms) => ms > earliestMs && ms <= endMs);
}

/** Whether the pod's own cgroup is known to have used nothing. */
function isIdle(cgroup: RawSeries[], span: Span): boolean {
  return cgroup.some(({ times, values }) => {
    const from = times.findIndex((t) => t >= span.startMs);
    const to = times.findLastIndex((t) => t <= span.endMs);
    if (from < 0 || to <= from || (times[from] ?? 0) - span.startMs > edgeMs * 2) return false;
    const grown = (values[to] ?? 0) - (values[from] ?? 0);
    return grown >= 0 && grown < idlePerMs * ((times[to] ?? 0) - (times[from] ?? 0));
  });
}
