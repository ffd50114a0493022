/** A namespace of many pods for measuring the exporter itself; only a little history, to keep the samples few. */
import { container, ordinary, pod } from './build.ts';
import { type Case, hourMs, minuteMs, numbersOf } from './model.ts';

const scrapeMs = 30_000;
const historyMs = 15 * minuteMs;

/** `pods` pods of two containers each, on one node, alive throughout. */
export function crowdedDay(pods: number, fromMs: number, toMs: number): Case {
  const b = { fromMs, toMs, scrapeMs, random: numbersOf(pods) };
  const day = ordinary(b, 'crowd');
  const node = day.pods[0]?.node ?? '';
  const [oldMs, endMs] = [fromMs - 24 * hourMs, toMs + hourMs];
  day.pods = Array.from({ length: pods }, () =>
    pod(
      b,
      'api',
      node,
      oldMs,
      endMs,
      ['app', 'sidecar'].map((name) => container(b, name, oldMs, endMs)),
    ),
  );
  day.targets = day.targets.map((t) => ({
    ...t,
    good: t.good.filter((g) => g > fromMs - historyMs && g < Date.now()),
  }));
  return day;
}
