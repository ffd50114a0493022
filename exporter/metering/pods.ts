/**
 * What kube-state-metrics says about the namespace's pods: which there were when, on which node, and which use the
 * node's network. Without it all answers are "not known".
 */
import { scrapedIn, type Target } from './scrapes.ts';
import { type Labels, livesIn, type RawSeries, type Span } from './series.ts';

export class Pods {
  /**
   * @param info `kube_pod_info` of the namespace, with samples around the window
   * @param good good scrapes of the targets that show it, or of which it is known that they had nothing to show
   * @param shown pods of which the node's target shows anything in the window
   * @param neverRan pods whose phase was never Running in the window
   */
  constructor(info: RawSeries[], good: readonly number[], shown: ReadonlySet<string>, neverRan: ReadonlySet<string>) {
    this.info = info;
    this.good = good;
    this.shown = shown;
    this.neverRan = neverRan;
  }

  private readonly info: RawSeries[];
  private readonly good: readonly number[];
  readonly shown: ReadonlySet<string>;
  private readonly neverRan: ReadonlySet<string>;

  /** Whether anybody looked at the list of pods in the span. */
  coverage(span: Span): boolean {
    return scrapedIn(this.good, span.startMs, span.endMs);
  }

  /** Names of the pods that were there in the span. */
  presentIn(span: Span): Set<string> {
    return new Set(this.info.filter((s) => livesIn(s, span)).map((s) => s.labels['pod'] ?? ''));
  }

  /** Every pod that was in the list, from its first to its last sample. */
  listed(): { pod: string; span: Span }[] {
    return [...Map.groupBy(this.info, (s) => s.labels['pod'] ?? '')].map(([pod, all]) => ({
      pod,
      span: {
        startMs: Math.min(...all.map((s) => s.times[0] ?? Number.POSITIVE_INFINITY)),
        endMs: Math.max(...all.map((s) => s.times.at(-1) ?? 0)),
      },
    }));
  }

  infoOf(pod: string): RawSeries[] {
    return this.info.filter((s) => s.labels['pod'] === pod);
  }

  /** Whether it is known that none of the pods was on the targets' node any more at the end of the span. */
  allGone(pods: ReadonlySet<string>, targets: Target[], span: Span): boolean {
    if (pods.size === 0 || !this.coverage(span)) return false;
    // A pod leaves the list within a scrape or two; who is still in it after half of the span was left unseen.
    const late = { startMs: (span.startMs + span.endMs) / 2, endMs: span.endMs };
    const still = this.info.filter((s) => pods.has(s.labels['pod'] ?? '') && livesIn(s, late));
    // One of that name may run elsewhere by now; where the node is not told, it may as well be here.
    return still.every((s) => targets.every((t) => isElsewhere(t, s.labels)));
  }

  /** Whether it is known that in the span no pod was on the targets' node. */
  noneOn(targets: Target[], span: Span): boolean {
    if (!this.coverage(span)) return false;
    // A pod that has gone is in the list until its next scrape.
    const startMs = Math.min(span.startMs + listedLateMs, (span.startMs + span.endMs) / 2);
    const there = this.info.filter((s) => livesIn(s, { startMs, endMs: span.endMs }));
    return there.every((s) => targets.every((t) => isElsewhere(t, s.labels)));
  }

  /** The last time, ms, at which the list of pods did not have the pod yet that a series showed at `atMs`. */
  absentMs({ labels }: RawSeries, atMs: number): number | undefined {
    const here = this.infoOf(labels['pod'] ?? '').filter(
      ({ labels: told }) => !told['node'] || !labels['node'] || told['node'] === labels['node'],
    );
    const lives = [...Map.groupBy(here, (s) => s.labels['uid'] ?? '').values()].map((life) => ({
      firstMs: Math.min(...life.map((s) => s.times[0] ?? Number.POSITIVE_INFINITY)),
      lastMs: Math.max(...life.map((s) => s.times.at(-1) ?? 0)),
    }));
    const away = (life: (typeof lives)[number]): number => Math.max(life.firstMs - atMs, atMs - life.lastMs, 0);
    const [life] = lives.toSorted((a, b) => away(a) - away(b));
    return life && away(life) <= listedLateMs ? this.good.findLast((t) => t < life.firstMs) : undefined;
  }

  /**
   * How the network of a pod is known, as of the time that some series of it was shown: `own`, `host`, or `unknown` to
   * kube-state-metrics. Undefined when it knows no pod's network at all.
   */
  network(): ((series: RawSeries) => 'own' | 'host' | 'unknown') | undefined {
    const told = this.info.filter((s) => s.labels['host_network'] !== undefined);
    if (told.length === 0) return undefined;
    const byPod = Map.groupBy(told, (s) => s.labels['pod'] ?? '');
    return (series) => {
      const known = byPod.get(series.labels['pod'] ?? '') ?? [];
      const [best] = known.toSorted((a, b) => shared(series, b) - shared(series, a));
      if (!best) return 'unknown';
      // One name, one series, and a pod of another kind in between: what of it is whose, nobody can say.
      const other = known.find((s) => s.labels['host_network'] !== best.labels['host_network']);
      if (other && shared(series, other) > listedLateMs) return 'unknown';
      return best.labels['host_network'] === 'true' ? 'host' : 'own';
    };
  }

  /** Pods that ran in the window, for longer than a gap may last, on nodes of which no target was scraped in it. */
  onUnseenNodes(targets: Target[], window: Span, gapLimitMs: number): RawSeries[] {
    return this.info.filter((info) => {
      const { pod = '', node = '' } = info.labels;
      const inWindow = info.times.filter((t) => t > window.startMs && t <= window.endMs);
      if (
        (inWindow.at(-1) ?? 0) - (inWindow[0] ?? 0) <= gapLimitMs ||
        !node ||
        this.shown.has(pod) ||
        this.neverRan.has(pod)
      )
        return false;
      return !targets.some((t) => isOn(t, info.labels) && scrapedIn(t.good, window.startMs, window.endMs));
    });
  }
}

/** The list and the node are scraped at different times. */
const listedLateMs = 3 * 60_000;

/** For how long two series were shown together, ms; negative when there is a pause between them. */
const shared = (a: RawSeries, b: RawSeries): number =>
  Math.min(a.times.at(-1) ?? 0, b.times.at(-1) ?? 0) - Math.max(a.times[0] ?? 0, b.times[0] ?? 0);

/** The targets on a pod's node. */
export const nodeTargets = (targets: Target[], info: RawSeries[]): Target[] =>
  targets.filter((t) => info.some((one) => isOn(t, one.labels)));

/** Whether the target is on the pod's node, by any of the labels in use for that. */
function isOn(target: Target, info: Labels): boolean {
  const { node = '', host_ip: hostIp = '' } = info;
  return namesOf(target).some((name) => name === node || name === hostIp);
}

const namesOf = ({ labels }: Target): string[] => {
  const { instance = '', node = '', kubernetes_io_hostname: hostname = '' } = labels;
  return [node, hostname, hostOf(instance), instance].filter((name) => name !== '');
};

/** Without the port, and without the brackets of an IPv6 address. */
const hostOf = (instance: string): string => instance.replace(/:\d+$/, '').replace(/^\[(.*)\]$/, '$1');

/** Of which kind of address a name is, if it is one: a node that has both is listed by one and may be scraped by the other. */
const familyOf = (name: string): 4 | 6 | undefined => (/^[\d.]+$/.test(name) ? 4 : /:.*:/.test(name) ? 6 : undefined);

/** Whether the pod is known to be on another node than the target: both name it in the same way. */
function isElsewhere(target: Target, info: Labels): boolean {
  const named = target.labels['node'] || target.labels['kubernetes_io_hostname'];
  const family = familyOf(hostOf(target.labels['instance'] ?? ''));
  const comparable = named ? Boolean(info['node']) : family !== undefined && family === familyOf(info['host_ip'] ?? '');
  return comparable && !isOn(target, info);
}
