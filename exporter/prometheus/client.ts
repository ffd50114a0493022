/**
 * Prometheus as the rest of the exporter sees it: raw samples of a span, and instant vectors. Owns repeating and asking
 * for less at a time; http.ts owns a single question.
 */
import { readFileSync } from 'node:fs';
import { Agent, type Dispatcher } from 'undici';
import { type Backoff, backoffMs } from '../../src/lib/backoff.ts';
import { err, ok, type Result } from '../../src/lib/result.ts';
import { minuteMs, secondMs } from '../../src/lib/time.ts';
import type { Clock } from '../clock.ts';
import { append, type Labels, labelKey, type RawSeries, type Span } from '../metering/series.ts';
import { isPassing, type PrometheusFailure } from './failure.ts';
import { askOnce, type Credentials, type Question, type Row } from './http.ts';
import { ownLabels } from './query.ts';

export interface PrometheusOptions extends Credentials {
  url: string;
  clock: Clock;
  caFile?: string | undefined;
  /** For tests: a mock agent. */
  dispatcher?: Dispatcher;
}

export interface Prometheus {
  /** Raw samples in the span, never rates: a selector in braces or a metric with matchers. */
  raw(selector: string, span: Span): Promise<Result<RawSeries[], PrometheusFailure>>;
  /** The last or largest value of each series in the span; or, by some labels, which values these have, each of value 1. */
  over(
    selector: string,
    span: Span,
    how: { pick: 'last' | 'max' } | { by: string[] },
  ): Promise<Result<{ labels: Labels; value: number }[], PrometheusFailure>>;
  close(): Promise<void>;
}

/** A larger answer is asked for again in halves of its time: the exporter's memory is one answer and its parsed form. */
const answerBytesMax = 256 * 1024;
/** What cannot be halved: an instant, or so short a time that labels are most of the answer. Some 20,000 series. */
const wholeBytesMax = 8 * 1024 * 1024;
const shortestSliceMs = 5 * minuteMs;
const attempts = 3;
const pauses: Backoff = { baseMs: secondMs, maxMs: 2 * secondMs, jitter: 0 };

export function prometheusClient(options: PrometheusOptions): Prometheus {
  const ca = options.caFile ? readFileSync(options.caFile, 'utf8') : undefined;
  const dispatcher =
    options.dispatcher ??
    new Agent({ connections: 1, allowH2: false, keepAliveTimeout: 10_000, ...(ca ? { connect: { ca } } : {}) });
  const endpoint = new URL('api/v1/query', options.url.endsWith('/') ? options.url : `${options.url}/`);
  /** The slice that an answer fitted in, by metric: it is not found out anew for every window. */
  const slices = new Map<string, number>();

  const ask = async (question: Question): Promise<Result<Row[], PrometheusFailure>> => {
    let failure: PrometheusFailure = { kind: 'unreachable', message: 'not asked' };
    for (let attempt = 0; attempt < attempts; attempt++) {
      if (attempt > 0) await options.clock.sleep(backoffMs(attempt, pauses, 0));
      const result = await askOnce(dispatcher, endpoint, options, question);
      if (result.ok || !isPassing(result.error)) return result;
      failure = result.error;
    }
    return err(failure);
  };

  const raw = async (selector: string, span: Span): Promise<Result<RawSeries[], PrometheusFailure>> => {
    const metric = selector.split('{')[0] ?? '';
    // One series a label set, however many slices: its labels are kept once.
    const found = new Map<string, RawSeries>();
    for (let startMs = span.startMs; startMs < span.endMs; ) {
      const lengthMs = Math.min(slices.get(metric) ?? Number.POSITIVE_INFINITY, span.endMs - startMs);
      const endMs = startMs + lengthMs;
      const bytesMax = lengthMs > shortestSliceMs ? answerBytesMax : wholeBytesMax;
      const rows = await ask({ query: `${selector}[${lengthMs}ms]`, atMs: endMs, bytesMax });
      if (rows.ok) {
        for (const row of rows.value) add(found, toSeries(row));
        startMs = endMs;
      } else if (rows.error.kind === 'too_large' && lengthMs > shortestSliceMs) {
        slices.set(metric, Math.max(shortestSliceMs, Math.ceil(lengthMs / 2)));
      } else {
        return rows;
      }
    }
    return ok([...found.values()].filter((series) => series.times.length > 0));
  };

  return {
    raw,
    over: async (selector, { startMs, endMs }, how) => {
      const range = `${selector}[${endMs - startMs}ms]`;
      const query =
        'pick' in how
          ? `${how.pick}_over_time(${range})`
          : `group${how.by.length > 0 ? ` by (${how.by.join(', ')}) ` : ''}(last_over_time(${range}))`;
      const rows = await ask({ query, atMs: endMs, bytesMax: wholeBytesMax });
      if (!rows.ok) return rows;
      return ok(rows.value.map((r) => ({ labels: ownLabels(r.metric), value: Number(r.value?.[1]) })));
    },
    close: async () => {
      await dispatcher.close();
    },
  };
}

function add(found: Map<string, RawSeries>, series: RawSeries): void {
  const key = labelKey(series.labels);
  const known = found.get(key);
  if (known) append(known, series);
  else found.set(key, series);
}

function toSeries(row: Row): RawSeries {
  const series: RawSeries = { labels: ownLabels(row.metric), times: [], values: [] };
  for (const pair of row.values ?? []) {
    const value = Number(pair[1]);
    if (!Number.isFinite(value)) continue;
    series.times.push(Math.round(pair[0] * 1000));
    series.values.push(value);
  }
  return series;
}
