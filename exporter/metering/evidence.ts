/**
 * Whether the places where a namespace's things can be were looked at in a window, and for how long not.
 * A place is what one or more targets show alike (both replicas of an HA pair, two scrape jobs, old and new labels).
 * Cannot know of a node that neither Prometheus nor kube-state-metrics has ever named.
 */
import type { Pods } from './pods.ts';
import { gapsIn, lateMs, scrapedIn, type Target, type TargetOf, together } from './scrapes.ts';
import { type Labels, labelKey, lastAtOrBefore, type Span } from './series.ts';
import type { Unseen } from './unseen.ts';

/** A thing's presence on a target, now or within the look-back. */
export interface Carried {
  labels: Labels;
  /** What is the same thing elsewhere, e.g. on the other replica. */
  thing: string;
  /** Whether it has samples in or shortly before the window. */
  recent: boolean;
}

export interface Look {
  window: Span;
  gapLimitMs: number;
  /** How far after the window scrapes are known. */
  horizonMs: number;
  targetOf: TargetOf;
  /** Every target whose `up` was fetched. */
  scraped: Target[];
  pods: Pods;
}

/** What is judged. */
export interface Shower {
  /** Whether each node has such a target, which shows what is on the node. */
  onNodes: boolean;
  /** Whether such targets are proven to show such things, for somebody. */
  showing: boolean;
}

/** Whether any place was looked at, and what of the places was not. */
export interface Evidence {
  seen: boolean;
  gaps: Unseen[];
}

/**
 * @param carried what these targets showed of the namespace
 * @param all every such target that Prometheus knows, for when they showed nothing
 */
export function evidenceOf(look: Look, { onNodes, showing }: Shower, carried: Carried[], all: Target[]): Evidence {
  const { window } = look;
  const whole = { startMs: window.startMs, endMs: window.endMs };
  const verdicts = placesOf(carried, look.targetOf).flatMap((place) => judge(look, place, onNodes));
  const unseen = onNodes ? look.pods.onUnseenNodes(all, window, look.gapLimitMs) : [];
  for (const { labels } of unseen) {
    verdicts.push({ seen: false, thing: `pod ${labels['pod']} on node ${labels['node']}` });
  }
  if (verdicts.length === 0 && showing) verdicts.push(...judgeAll(look, onNodes, all));
  const gaps = verdicts.map(({ thing, ...v }) => ({
    thing,
    why: 'not_scraped' as const,
    spans: v.seen ? v.spans : [whole],
  }));
  return { seen: verdicts.some((v) => v.seen), gaps: gaps.filter((g) => g.spans.length > 0) };
}

type Verdict = { thing: string } & ({ seen: false } | { seen: true; spans: Span[] });

/** With nothing of the namespace on any target: every target that it could be on must have been scraped. */
function judgeAll(look: Look, onNodes: boolean, all: Target[]): Verdict[] {
  const untilMs = Math.max(look.horizonMs, look.window.endMs);
  // One that is no longer listed has been renamed or taken away; it is nobody's place now.
  const listed = all.filter((t) => scrapedIn(t.listed, look.window.startMs, look.window.endMs));
  const verdicts = withoutReplicas(listed).map((targets): Verdict => {
    const verdict = judgeScrapes(look, targets, untilMs);
    if (!onNodes || !verdict.seen) return verdict;
    // A node where nothing of ours was at the time hides nothing of ours.
    return { ...verdict, spans: verdict.spans.filter((span) => !look.pods.noneOn(targets, span)) };
  });
  // Known to have no pods, it is on none of the nodes, and their gaps are none of its own. A node that is dark all the
  // time is another matter: nobody can say what the list of pods leaves out.
  const nowhere = onNodes && look.pods.coverage(look.window) && look.pods.presentIn(look.window).size === 0;
  if (nowhere && verdicts.length > 0 && verdicts.every((v) => v.seen)) return [{ thing: '', seen: true, spans: [] }];
  return verdicts.every((v) => v.seen) ? verdicts : [];
}

/** Targets that differ in replica labels alone are one. */
function withoutReplicas(targets: Target[]): Target[][] {
  const groups = Map.groupBy(targets, ({ labels }) =>
    JSON.stringify([labels['job'], labels['instance'], labels['metrics_path']]),
  );
  return [...groups.values()];
}

interface Place {
  targets: Target[];
  pods: Set<string>;
  recent: boolean;
}

function judge(look: Look, place: Place, onNodes: boolean): Verdict[] {
  const { window, gapLimitMs } = look;
  const good = together(place.targets);
  const last = good[lastAtOrBefore(good, look.horizonMs)];
  const inferred = place.targets.every((t) => t.inferred);
  const untilMs = inferred ? window.endMs : Math.max(look.horizonMs, window.endMs);
  const unseen: Span = { startMs: Math.max(window.startMs, last ?? window.startMs), endMs: untilMs };
  if (unseen.endMs - unseen.startMs <= gapLimitMs) return [judgeScrapes(look, place.targets, untilMs)];
  const left = onNodes ? look.pods.allGone(place.pods, place.targets, unseen) : replaced(look, place, unseen);
  if (!left) return [judgeScrapes(look, place.targets, untilMs)];
  // Nothing of ours is there any more: scrapes end with it.
  return last !== undefined && last > window.startMs ? [judgeScrapes(look, place.targets, last)] : [];
}

function judgeScrapes(look: Look, targets: Target[], untilMs: number): Verdict {
  const { window } = look;
  const good = together(targets);
  const thing = `target ${targets[0]?.labels['node'] ?? targets[0]?.labels['instance'] ?? 'unknown'}`;
  if (!scrapedIn(good, window.startMs, window.endMs)) return { thing, seen: false };
  const limitMs = Math.min(...targets.map((t) => lateMs(t, look.gapLimitMs)));
  return { thing, seen: true, spans: gapsIn(good, window, limitMs, untilMs) };
}

/**
 * Off the nodes (ingress controllers) targets come and go with their pods. One that Prometheus no longer lists was
 * replaced when others of its job are scraped on; one that shows nothing recent and is not listed is history.
 */
function replaced(look: Look, place: Place, unseen: Span): boolean {
  const listed = place.targets.some((t) => scrapedIn(t.listed, unseen.startMs, unseen.endMs));
  if (listed) return false;
  if (!place.recent) return true;
  const jobs = new Set(place.targets.map((t) => t.labels['job']));
  return look.scraped.some(
    (t) => jobs.has(t.labels['job']) && scrapedIn(t.good, unseen.endMs - look.gapLimitMs, unseen.endMs),
  );
}

/** Joins targets that show the same thing. */
function placesOf(carried: Carried[], targetOf: TargetOf): Place[] {
  const placeOfThing = new Map<string, Place>();
  const placeOfTarget = new Map<string, Place>();
  for (const { labels, thing, recent } of carried) {
    const target = targetOf(labels);
    const first = placeOfThing.get(thing);
    const second = placeOfTarget.get(target.key);
    const place = first ?? second ?? { targets: [], pods: new Set<string>(), recent: false };
    if (first && second && first !== second) merge(place, second, placeOfThing, placeOfTarget);
    if (!place.targets.includes(target)) place.targets.push(target);
    if (labels['pod']) place.pods.add(labels['pod']);
    place.recent ||= recent;
    placeOfThing.set(thing, place);
    placeOfTarget.set(target.key, place);
  }
  return [...new Set(placeOfTarget.values())];
}

function merge(into: Place, from: Place, ...indexes: Map<string, Place>[]): void {
  for (const target of from.targets) if (!into.targets.includes(target)) into.targets.push(target);
  for (const pod of from.pods) into.pods.add(pod);
  into.recent ||= from.recent;
  for (const index of indexes) for (const [key, place] of index) if (place === from) index.set(key, into);
}

/** The thing that a series of a kind shows, for joining: its own labels without the scrape's. */
export const carriedKey = (labels: Labels, names: readonly string[]): string =>
  labelKey(Object.fromEntries(names.map((name) => [name, labels[name] ?? ''])));
