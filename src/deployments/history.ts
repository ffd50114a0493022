/** The hours of the queue's history, those without any job too. Pure. */
import type { QueueHistory } from '../contracts/queue.ts';
import { hourMs, iso } from '../lib/time.ts';

interface Hour {
  hour: number;
  done: number;
  failed: number;
  p50: number | null;
  p95: number | null;
}

/** `count` hours from `from` on, oldest first. */
export function hoursOf(found: readonly Hour[], from: number, count: number): QueueHistory {
  const byHour = new Map(found.map((hour) => [hour.hour, hour]));
  return Array.from({ length: count }, (_, n) => {
    const at = from + n * hourMs;
    const { done = 0, failed = 0, p50 = null, p95 = null } = byHour.get(at) ?? {};
    return { hour: iso(at), done, failed, p50_ms: p50, p95_ms: p95 };
  });
}
