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
import { isPassing, isTooMuch, type PrometheusFailure } from './failure.ts';
import { askOnce, type Credentials, type Question, type Row } from './http.ts';
import { ownLabels, withMatchers } from './query.ts';

export interface PrometheusOptions extends Credentials {
  /** Path and query are kept. */
  url: string;
  /** For every selector, e.g. `cluster="prod"`. */
  matchers?: string | undefined;
  clock: Clock;
  caFile?: string | undefined;
  /** For tests: a mock agent. */
  dispatcher?: Dispatcher;
}

export type How = { pick: 'last' | 'max' } | { by: string[] };
export interface Value {
  labels: Labels;
  value: number;
}

export interface Prometheus {
  /** Raw samples in the span, never rates: a selector in braces or a metric with matchers. */
  raw(selector: string, span: Span): Promise<Result<RawSeries[], PrometheusFailure>>;
  /** The last or largest value of each series in the span; or, by some labels, which values these have, each of value 1. */
  over(selector: string, span: Span, how: How): Promise<Result<Value[], PrometheusFailure>>;
  close(): Promise<void>;
}

/** A larger answer is asked for again in halves of its time: the exporter's memory is one answer and its parsed form. */
const answerBytesMax = 256 * 1024;
/** What cannot be halved: an instant, or so short a time that labels are most of the answer. Some 20,000 series. */
const wholeBytesMax = 8 * 1024 * 1024;
const shortestSliceMs = 5 * minuteMs;
/** A back end that refuses that little refuses everything. */
const shortestAskedMs = minuteMs;
/** Longer than that the collector's own pause is meant for. */
const wishMaxMs = 20 * secondMs;
const attempts = 3;
const pauses: Backoff = { baseMs: secondMs, maxMs: 2 * secondMs, jitter: 0 };

export function prometheusClient(options: PrometheusOptions): Prometheus {
  const ca = options.caFile ? readFileSync(options.caFile, 'utf8') : undefined;
  const dispatcher =
    options.dispatcher ??
    new Agent({ connections: 1, allowH2: false, keepAliveTimeout: 10_000, ...(ca ? { connect: { ca } } : {}) });
  const endpoint = endpointOf(options.url);
  /** The slice that an answer fitted in, by metric: it is not found out anew for every window. */
  const slices = new Map<string, number>();

  const ask = async (question: Question): Promise<Result<Row[], PrometheusFailure>> => {
    let failure: PrometheusFailure = { kind: 'unreachable', message: 'not asked' };
    for (let attempt = 0; attempt < attempts; attempt++) {
      const wishMs = Math.min(failure.retryAfterMs ?? 0, wishMaxMs);
      if (attempt > 0) await options.clock.sleep(Math.max(wishMs, backoffMs(attempt, pauses, 0)));
      const result = await askOnce(dispatcher, endpoint, options, question);
      if (result.ok || !isPassing(result.error)) return result;
      failure = result.error;
    }
    return err(failure);
  };

  const raw = async (given: string, span: Span): Promise<Result<RawSeries[], PrometheusFailure>> => {
    const selector = withMatchers(given, options.matchers);
    const metric = selector.split('{')[0] ?? '';
    // One series a label set, however many slices: its labels are kept once.
    const found = new Map<string, RawSeries>();
    let sliceMs = slices.get(metric) ?? Number.POSITIVE_INFINITY;
    for (let startMs = span.startMs; startMs < span.endMs; ) {
      const lengthMs = Math.min(sliceMs, span.endMs - startMs);
      const endMs = startMs + lengthMs;
      const bytesMax = lengthMs > shortestSliceMs ? answerBytesMax : wholeBytesMax;
      const rows = await ask({ query: `${selector}[${lengthMs}ms]`, atMs: endMs, bytesMax });
      if (rows.ok) {
        for (const row of rows.value) add(found, toSeries(row));
        startMs = endMs;
        continue;
      }
      const shorterMs = shorterOf(rows.error, lengthMs);
      if (shorterMs === undefined) return rows;
      sliceMs = shorterMs;
      // A slow hour passes; a limit stays.
      if (rows.error.kind === 'too_large') slices.set(metric, sliceMs);
    }
    return ok([...found.values()].filter((series) => series.times.length > 0));
  };

  const over = async (selector: string, span: Span, how: How): Promise<Result<Value[], PrometheusFailure>> => {
    const { startMs, endMs } = span;
    const query = queryOf(withMatchers(selector, options.matchers), endMs - startMs, how);
    const rows = await ask({ query, atMs: endMs, bytesMax: wholeBytesMax });
    if (rows.ok) return ok(rows.value.map((r) => ({ labels: ownLabels(r.metric), value: Number(r.value?.[1]) })));
    if (shorterOf(rows.error, endMs - startMs) === undefined) return rows;
    const middleMs = Math.ceil((startMs + endMs) / 2);
    const early = await over(selector, { startMs, endMs: middleMs }, how);
    if (!early.ok) return early;
    const late = await over(selector, { startMs: middleMs, endMs }, how);
    return late.ok ? ok(joined(early.value, late.value, how)) : late;
  };

  return {
    raw,
    over,
    close: async () => {
      await dispatcher.close();
    },
  };
}

/** Half of a span that was too much to ask for; undefined when less would not help. */
const shorterOf = (failure: PrometheusFailure, lengthMs: number): number | undefined =>
  isTooMuch(failure) && lengthMs > shortestAskedMs ? Math.max(shortestAskedMs, Math.ceil(lengthMs / 2)) : undefined;

/** The API's address below a base URL, whose path and query are kept. */
function endpointOf(base: string): URL {
  const url = new URL(base);
  url.pathname = `${url.pathname.replace(/\/$/, '')}/api/v1/query`;
  url.username = url.password = '';
  return url;
}

function queryOf(selector: string, lengthMs: number, how: How): string {
  const range = `${selector}[${lengthMs}ms]`;
  if ('pick' in how) return `${how.pick}_over_time(${range})`;
  return `group${how.by.length > 0 ? ` by (${how.by.join(', ')}) ` : ''}(last_over_time(${range}))`;
}

/** The two answers to the halves of a span as one answer to the span. */
function joined(early: Value[], late: Value[], how: How): Value[] {
  const found = new Map(early.map((one) => [labelKey(one.labels), one]));
  for (const one of late) {
    const before = found.get(labelKey(one.labels));
    const isLess = 'pick' in how && how.pick === 'max' && before !== undefined && before.value > one.value;
    if (!isLess) found.set(labelKey(one.labels), one);
  }
  return [...found.values()];
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
