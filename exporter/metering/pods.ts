/**
 * What kube-state-metrics says about the namespace's pods: which there were when, on which node, and which use the
 * node's network. Without it all answers are "not known".
 */
import { scrapedIn, type Target } from './scrapes.ts';
import { livesIn, type RawSeries, type Span } from './series.ts';

export class Pods {
  /**
   * @param info `kube_pod_info` of the namespace, with samples around the window
   * @param good good scrapes of the targets that show it, or of which it is known that they had nothing to show
   * @param shown pods of which the node's target shows anything in the window
   * @param neverRan pods whose phase was never Running in the window
   * @param ran pods whose phase was Running for longer than a gap may last
   */
  constructor(
    info: RawSeries[],
    good: readonly number[],
    shown: ReadonlySet<string>,
    neverRan: ReadonlySet<string>,
    ran: ReadonlySet<string>,
  ) {
    this.info = info;
    this.good = good;
    this.shown = shown;
    this.neverRan = neverRan;
    this.ran = ran;
  }

  private readonly info: RawSeries[];
  private readonly good: readonly number[];
  readonly shown: ReadonlySet<string>;
  private readonly neverRan: ReadonlySet<string>;
  private readonly ran: ReadonlySet<string>;

  /** Whether anybody looked at the list of pods in the span. */
  coverage(span: Span): boolean {
    return scrapedIn(this.good, span.startMs, span.endMs);
  }

  /** Names of the pods that were there in the span. */
  presentIn(span: Span): Set<string> {
    return new Set(this.info.filter((s) => livesIn(s, span)).map((s) => s.labels['pod'] ?? ''));
  }

  /** Whether it is known that none of the pods was there at the end of the span. */
  allGone(pods: ReadonlySet<string>, span: Span): boolean {
    if (pods.size === 0 || !this.coverage(span)) return false;
    // A pod leaves the list within a scrape or two; who is still in it after half of the span was left unseen.
    const present = this.presentIn({ startMs: (span.startMs + span.endMs) / 2, endMs: span.endMs });
    return [...pods].every((pod) => !present.has(pod));
  }

  /**
   * How each pod's network is known: `own`, `host`, or `unknown` to kube-state-metrics. Undefined when it knows no
   * pod's network at all.
   */
  network(): ((pod: string) => 'own' | 'host' | 'unknown') | undefined {
    const told = this.info.filter((s) => s.labels['host_network'] !== undefined);
    if (told.length === 0) return undefined;
    const host = new Set(told.filter((s) => s.labels['host_network'] === 'true').map((s) => s.labels['pod'] ?? ''));
    const known = new Set(told.map((s) => s.labels['pod'] ?? ''));
    return (pod) => (host.has(pod) ? 'host' : known.has(pod) ? 'own' : 'unknown');
  }

  /** Whether pods ran of which their node shows nothing, scraped or not: dropped labels, another `namespace` label. */
  someHidden(): boolean {
    return [...this.ran].some((pod) => !this.shown.has(pod));
  }

  /** Pods that ran in the window, for longer than a gap may last, on nodes of which no target was scraped in it. */
  onUnseenNodes(targets: Target[], window: Span, gapLimitMs: number): string[] {
    const unseen = this.info.filter((info) => {
      const { pod = '', node = '' } = info.labels;
      const inWindow = info.times.filter((t) => t > window.startMs && t <= window.endMs);
      if (
        (inWindow.at(-1) ?? 0) - (inWindow[0] ?? 0) <= gapLimitMs ||
        !node ||
        this.shown.has(pod) ||
        this.neverRan.has(pod)
      )
        return false;
      return !targets.some((t) => isOn(t, info) && scrapedIn(t.good, window.startMs, window.endMs));
    });
    return unseen.map((s) => s.labels['pod'] ?? '');
  }
}

/** Whether the target is on the pod's node, by any of the labels in use for that. */
function isOn(target: Target, info: RawSeries): boolean {
  const { node = '', host_ip: hostIp = '' } = info.labels;
  const { instance = '', node: targetNode = '', kubernetes_io_hostname: hostname = '' } = target.labels;
  const host = instance.replace(/:\d+$/, '');
  return [targetNode, hostname, host, instance].some((name) => name !== '' && (name === node || name === hostIp));
}
