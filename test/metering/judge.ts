/** Compares what the exporter measured over generated days with what the samples can show and with the full truth. */
import { systemClock } from '../../exporter/clock.ts';
import { type Config, readConfig } from '../../exporter/config.ts';
import { measureWith } from '../../exporter/measure.ts';
import { connectTo } from '../../exporter/prometheus/connect.ts';
import type { WindowReport } from '../../src/contracts/usage.ts';
import { type Case, hourMs } from './model.ts';
import { counters, type Field, fullTruth, gapIn, gauges, itemsOf, shownTruth } from './truth.ts';

export interface Verdict {
  shape: string;
  windows: number;
  /** Worst distance of one window from what its samples show, as a part of it. */
  counterError: number;
  gaugeError: number;
  /** Worst counter of the day against the full truth: above 0 is too much. */
  overTruth: number;
  /** Each field's day against the full truth, as a part of it; null when it was never seen. */
  distance: Record<Field, number | null>;
  mustFlag: number;
  flagged: number;
  /** Windows flagged although nothing was hidden. */
  needless: number;
  /** Fields that were missing in some window. */
  missing: string[];
  /** The worst window in words, for people. */
  worst: string;
}

export function configFor(day: Case, url: string): Config {
  const env = {
    CUSTOMER_ID: `cust_${'0'.repeat(32)}`,
    NAMESPACE: day.namespace,
    PROMETHEUS_URL: url,
    HTTP_METRICS: 'nginx',
    ...day.env,
  };
  const config = readConfig(env, true);
  if (!config.ok) throw new Error(config.error.join('; '));
  return config.value;
}

/** Every window of the day as the exporter reports it. */
export async function reportsOf(day: Case, url: string): Promise<WindowReport[]> {
  const config = configFor(day, url);
  const prometheus = connectTo(config, systemClock);
  const measure = measureWith(prometheus, config, systemClock);
  const reports: WindowReport[] = [];
  for (let startMs = day.fromMs; startMs < day.toMs; startMs += hourMs) {
    const report = await measure({ startMs, endMs: startMs + hourMs });
    if (!report.ok) throw new Error(`${day.shape}: ${report.error.kind}: ${report.error.message}`);
    reports.push(report.value);
  }
  await prometheus.close();
  return reports;
}

export function judge(day: Case, reports: WindowReport[]): Verdict {
  const items = itemsOf(day);
  const verdict: Verdict = {
    shape: day.shape,
    windows: reports.length,
    counterError: 0,
    gaugeError: 0,
    overTruth: Number.NEGATIVE_INFINITY,
    distance: distances(day, reports),
    mustFlag: 0,
    flagged: 0,
    needless: 0,
    missing: [],
    worst: '',
  };
  for (const report of reports) judgeWindow(day, items, report, verdict);
  const over = counters.map((f) => verdict.distance[f]).filter((d) => d !== null);
  verdict.overTruth = over.length > 0 ? Math.max(...over) : 0;
  return verdict;
}

function judgeWindow(day: Case, items: ReturnType<typeof itemsOf>, report: WindowReport, verdict: Verdict): void {
  const startMs = Date.parse(report.window_start ?? '');
  const shown = shownTruth(items, startMs, day.scrapeMs);
  for (const field of [...counters, ...gauges]) {
    const measured = report[field];
    if (measured === undefined) {
      if (!verdict.missing.includes(field)) verdict.missing.push(field);
      continue;
    }
    const error = relative(measured, shown.told[field]);
    const kind = counters.includes(field) ? 'counterError' : 'gaugeError';
    if (error > verdict[kind]) {
      verdict[kind] = error;
      verdict.worst = `${report.window_start} ${field} ${measured} instead of ${shown.told[field]}`;
    }
  }
  const must =
    shown.flagged || gapIn(items, startMs) || counters.some((f) => report[f] === undefined && shown.told[f] > 0);
  if (must) verdict.mustFlag++;
  if (must && !report.complete) verdict.flagged++;
  if (!must && !report.complete) verdict.needless++;
}

// Whole bytes and requests: a difference of one is rounding.
const relative = (measured: number, told: number): number =>
  Math.abs(measured - told) <= 1 && told > 1000 ? 0 : Math.abs(measured - told) / Math.max(Math.abs(told), 1e-6);

function distances(day: Case, reports: WindowReport[]): Verdict['distance'] {
  const items = itemsOf(day);
  const distance = {} as Verdict['distance'];
  for (const field of [...counters, ...gauges]) {
    let truth = 0;
    let measured = 0;
    for (const report of reports) {
      truth += fullTruth(items, Date.parse(report.window_start ?? ''))[field];
      measured += report[field] ?? 0;
    }
    const seen = reports.some((r) => r[field] !== undefined);
    distance[field] = seen ? (truth === 0 ? measured : (measured - truth) / truth) : null;
  }
  return distance;
}
