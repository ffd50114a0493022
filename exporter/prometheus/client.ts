/**
 * The HTTP API of Prometheus (and what speaks like it: Thanos, Mimir) over undici: time limit, retry, credentials, own
 * CA, bounded answers. Reading only, so every request may be repeated. A warning means that an answer may be partial
 * and is a failure here: a bill from half the samples is wrong.
 */
import { readFileSync } from 'node:fs';
import { Agent, type Dispatcher } from 'undici';
import { z } from 'zod';
import { err, ok, type Result } from '../../src/lib/result.ts';
import type { Clock } from '../clock.ts';
import type { Labels, RawSeries, Span } from '../metering/series.ts';
import { isPassing, type PrometheusFailure } from './failure.ts';
import { ownLabels } from './query.ts';

export interface PrometheusOptions {
  url: string;
  clock: Clock;
  token?: (() => string) | undefined;
  basic?: { username: string; password: string } | undefined;
  caFile?: string | undefined;
  /** For tests: a mock agent. */
  dispatcher?: Dispatcher;
}

export interface Prometheus {
  /** Raw samples in the span, never rates: a selector in braces or a metric with matchers. */
  raw(selector: string, span: Span): Promise<Result<RawSeries[], PrometheusFailure>>;
  /** An instant query's vector. */
  instant(query: string, atMs: number): Promise<Result<{ labels: Labels; value: number }[], PrometheusFailure>>;
  close(): Promise<void>;
}

/** A larger answer is asked for again in halves of its time: the exporter's memory is one answer and its parsed form. */
const answerBytesMax = 256 * 1024;
const timeoutMs = 30_000;
const attempts = 3;
const firstPauseMs = 500;
const shortestSliceMs = 5_000;

// The image exposes it: between two answers the parsed form of the last is let go at once, instead of when the heap is full.
const collectGarbage = (globalThis as { gc?: () => void }).gc;

const sample = z.tuple([z.number(), z.string()]);
const answer = z.object({
  status: z.string(),
  errorType: z.string().optional(),
  error: z.string().optional(),
  warnings: z.array(z.string()).optional(),
  data: z
    .object({
      resultType: z.string(),
      result: z.array(
        z.object({
          metric: z.record(z.string(), z.string()),
          values: z.custom<[number, string][]>(Array.isArray).optional(),
          value: sample.optional(),
        }),
      ),
    })
    .optional(),
});
type Row = NonNullable<z.infer<typeof answer>['data']>['result'][number];

export function prometheusClient(options: PrometheusOptions): Prometheus {
  const ca = options.caFile ? readFileSync(options.caFile, 'utf8') : undefined;
  const dispatcher =
    options.dispatcher ??
    new Agent({ connections: 1, allowH2: false, keepAliveTimeout: 10_000, ...(ca ? { connect: { ca } } : {}) });
  const endpoint = new URL('api/v1/query', options.url.endsWith('/') ? options.url : `${options.url}/`);

  const ask = async (query: string, atMs: number): Promise<Result<Row[], PrometheusFailure>> => {
    let failure: PrometheusFailure = { kind: 'unreachable', message: 'not asked' };
    for (let attempt = 0; attempt < attempts; attempt++) {
      if (attempt > 0) await options.clock.sleep(firstPauseMs * 2 ** attempt);
      const result = await askOnce(options, endpoint, dispatcher, query, atMs);
      if (result.ok || !isPassing(result.error)) return result;
      failure = result.error;
    }
    return err(failure);
  };

  const raw = async (selector: string, span: Span): Promise<Result<RawSeries[], PrometheusFailure>> => {
    const lengthMs = span.endMs - span.startMs;
    const rows = await ask(`${selector}[${lengthMs}ms]`, span.endMs);
    if (rows.ok) return ok(rows.value.map(toSeries));
    if (rows.error.kind !== 'too_large' || lengthMs <= shortestSliceMs) return rows;
    const middleMs = span.startMs + Math.floor(lengthMs / 2);
    const early = await raw(selector, { startMs: span.startMs, endMs: middleMs });
    if (!early.ok) return early;
    const late = await raw(selector, { startMs: middleMs, endMs: span.endMs });
    return late.ok ? ok([...early.value, ...late.value]) : late;
  };

  return {
    raw,
    instant: async (query, atMs) => {
      const rows = await ask(query, atMs);
      if (!rows.ok) return rows;
      return ok(rows.value.map((r) => ({ labels: ownLabels(r.metric), value: Number(r.value?.[1]) })));
    },
    close: async () => {
      await dispatcher.close();
    },
  };
}

async function askOnce(
  options: PrometheusOptions,
  endpoint: URL,
  dispatcher: Dispatcher,
  query: string,
  atMs: number,
): Promise<Result<Row[], PrometheusFailure>> {
  // The last three are Thanos': no partial answers, replicas as they are (we merge them), no down-sampled data.
  const form = new URLSearchParams({
    query,
    time: (atMs / 1000).toFixed(3),
    timeout: `${timeoutMs / 1000}s`,
    partial_response: 'false',
    dedup: 'false',
    max_source_resolution: '0s',
  });
  try {
    const response = await dispatcher.request({
      origin: endpoint.origin,
      path: endpoint.pathname,
      method: 'POST',
      headers: {
        'content-type': 'application/x-www-form-urlencoded',
        accept: 'application/json',
        ...credentials(options),
      },
      body: form.toString(),
      signal: AbortSignal.timeout(timeoutMs),
    });
    const body = await bounded(response.body);
    collectGarbage?.();
    if (body === undefined) return err({ kind: 'too_large', message: `more than ${answerBytesMax} bytes` });
    return read(response.statusCode, body);
  } catch (cause) {
    return err({ kind: 'unreachable', message: cause instanceof Error ? cause.message || cause.name : String(cause) });
  }
}

function credentials({ token, basic }: PrometheusOptions): Record<string, string> {
  if (token) return { authorization: `Bearer ${token()}` };
  if (!basic) return {};
  return { authorization: `Basic ${Buffer.from(`${basic.username}:${basic.password}`).toString('base64')}` };
}

/** The body's text, or undefined when it is longer than an answer may be; then the rest is not read. */
async function bounded(body: Dispatcher.ResponseData['body']): Promise<string | undefined> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of body) {
    size += (chunk as Buffer).length;
    if (size > answerBytesMax) return undefined;
    chunks.push(chunk as Buffer);
  }
  return Buffer.concat(chunks).toString('utf8');
}

function read(status: number, body: string): Result<Row[], PrometheusFailure> {
  if (status === 401 || status === 403) return err({ kind: 'unauthorized', message: `answered ${status}` });
  const parsed = parse(body);
  if (!parsed)
    return err({
      kind: status >= 500 ? 'unreachable' : 'bad_answer',
      message: `answered ${status}, not in its API's form`,
    });
  if (parsed.status !== 'success' || !parsed.data) return err(refusal(status, parsed.errorType, parsed.error));
  // Thanos and Mimir answer 200 with a warning when a store is away.
  if (parsed.warnings && parsed.warnings.length > 0)
    return err({ kind: 'partial', message: parsed.warnings.join('; ') });
  return ok(parsed.data.result);
}

function parse(body: string): z.infer<typeof answer> | undefined {
  try {
    return answer.safeParse(JSON.parse(body)).data;
  } catch {
    return undefined;
  }
}

function refusal(status: number, type = '', message = ''): PrometheusFailure {
  const text = `${type || status}: ${message}`;
  if (message.includes('too many samples')) return { kind: 'too_large', message: text };
  if (type === 'bad_data') return { kind: 'bad_query', message: text };
  return { kind: 'unreachable', message: text };
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
