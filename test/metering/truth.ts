/**
 * What a window's bill should say, worked out from the model: the full truth, and what samples at the known scrape times
 * can show of it. Written from the rules in words (spec §3), without any of the exporter's code.
 */
import { areaOf, type Case, hourMs, type Life, minuteMs, type Target, type Wave } from './model.ts';

export interface Told {
  cpu_hours: number;
  memory_gb_hours: number;
  storage_used_gb: number;
  network_bytes_sent: number;
  network_bytes_received: number;
  http_requests: number;
}
export type Field = keyof Told;
export const counters: Field[] = ['cpu_hours', 'network_bytes_sent', 'network_bytes_received', 'http_requests'];
export const gauges: Field[] = ['memory_gb_hours', 'storage_used_gb'];

/** One thing of a meter, with the scrapes that looked at its place and those that showed it. */
interface Item extends Life {
  field: Field;
  wave: Wave;
  scale: number;
  /** Good scrapes of all targets of the place, ascending, by the time that the samples carry. */
  looks: number[];
}

const gigabyte = 2 ** 30;
const lookBackMs = 24 * hourMs;
const gapLimitMs = 5 * minuteMs;

/** Good scrape moments of the targets of one place. */
function looksAt(day: Case, kind: Target['kind'], of: string): number[] {
  const all = day.targets
    .filter((t) => t.kind === kind && t.of === of)
    .flatMap((t) => t.good.map((g) => g - (t.stampLagMs ?? 0)));
  return [...new Set(all)].sort((a, b) => a - b);
}

export function itemsOf(day: Case): Item[] {
  const items: Item[] = [];
  for (const pod of day.pods) {
    const looks = looksAt(day, 'cadvisor', pod.node);
    for (const { startMs, endMs, cpu, memory } of pod.containers) {
      items.push({ field: 'cpu_hours', wave: cpu, scale: 1 / 3600, startMs, endMs, looks });
      items.push({ field: 'memory_gb_hours', wave: memory, scale: 1 / gigabyte / 3600, startMs, endMs, looks });
    }
    if (pod.hostNetwork) continue;
    const { startMs, endMs } = pod;
    items.push({ field: 'network_bytes_sent', wave: pod.sent, scale: 1, startMs, endMs, looks });
    items.push({ field: 'network_bytes_received', wave: pod.received, scale: 1, startMs, endMs, looks });
  }
  for (const { used, node, startMs, endMs } of day.volumes) {
    const looks = looksAt(day, 'kubelet', node);
    items.push({ field: 'storage_used_gb', wave: used, scale: 1 / gigabyte / 3600, startMs, endMs, looks });
  }
  for (const { requests, controller, startMs, endMs } of day.ingress) {
    const looks = looksAt(day, 'ingress', controller);
    items.push({ field: 'http_requests', wave: requests, scale: 1, startMs, endMs, looks });
  }
  return items;
}

const zero = (): Told => ({
  cpu_hours: 0,
  memory_gb_hours: 0,
  storage_used_gb: 0,
  network_bytes_sent: 0,
  network_bytes_received: 0,
  http_requests: 0,
});

/** What was really used in the hour, or less, that starts at `startMs`. */
export function fullTruth(items: Item[], startMs: number, lengthMs = hourMs): Told {
  const told = zero();
  for (const item of items) {
    const from = Math.max(item.startMs, startMs);
    told[item.field] += areaOf(item.wave, from, Math.min(item.endMs, startMs + lengthMs)) * item.scale;
  }
  return told;
}

export interface Shown {
  told: Told;
  /** A gap over the limit, or a base that nothing proves. */
  flagged: boolean;
}

/** What the samples can show of the hour. */
export function shownTruth(items: Item[], startMs: number, scrapeMs: number): Shown {
  const told = zero();
  let flagged = false;
  for (const item of items) {
    if (gauges.includes(item.field)) {
      told[item.field] += gaugeShown(item, startMs, scrapeMs) * item.scale;
      continue;
    }
    const { growth, unproven } = counterShown(item, startMs);
    told[item.field] += growth * item.scale;
    flagged ||= unproven;
  }
  return { told, flagged };
}

const seenOf = (item: Item): number[] => item.looks.filter((t) => t >= item.startMs && t < item.endMs);
const countAt = (item: Item, t: number): number => areaOf(item.wave, item.startMs, t);

function counterShown(item: Item, startMs: number): { growth: number; unproven: boolean } {
  const seen = seenOf(item);
  const last = seen.findLast((t) => t <= startMs + hourMs);
  if (last === undefined || last <= startMs) return { growth: 0, unproven: false };
  const base = seen.findLast((t) => t <= startMs && t > startMs - lookBackMs);
  if (base !== undefined) return { growth: countAt(item, last) - countAt(item, base), unproven: false };
  const first = seen.find((t) => t > startMs) ?? last;
  const previous = item.looks.findLast((t) => t < first);
  const proven = previous === undefined ? item.startMs >= startMs : item.startMs > previous;
  return { growth: countAt(item, last) - (proven ? 0 : countAt(item, first)), unproven: !proven };
}

function gaugeShown(item: Item, startMs: number, scrapeMs: number): number {
  const seen = seenOf(item);
  let sum = 0;
  seen.forEach((t, i) => {
    const next = seen[i + 1] ?? Number.POSITIVE_INFINITY;
    // It is seen until somebody looks again, one scrape interval at most.
    const looked = item.looks.find((look) => look > t) ?? Number.POSITIVE_INFINITY;
    const until = next - t <= gapLimitMs ? next : Math.min(t + scrapeMs, looked);
    sum += areaOf(item.wave, Math.max(t, startMs), Math.min(until, startMs + hourMs));
  });
  return sum;
}

/** Whether somewhere, while something of the case lived there, nobody looked for longer than the limit in the hour. */
export function gapIn(items: Item[], startMs: number): boolean {
  const endMs = startMs + hourMs;
  return items.some((item) => {
    const untilMs = Math.min(item.endMs, endMs + gapLimitMs);
    const edges = [item.startMs, ...item.looks.filter((t) => t > item.startMs && t < untilMs), untilMs];
    return edges.some((to, i) => {
      const from = edges[i - 1];
      return from !== undefined && to - from > gapLimitMs && Math.min(to, endMs) > Math.max(from, startMs);
    });
  });
}
