/**
 * One question to the HTTP API of Prometheus (and what speaks like it: Thanos, Mimir) over undici: time limit,
 * credentials, a bounded answer, and what came of it. A warning means that an answer may be partial and is a failure
 * here: a bill from half the samples is wrong. Reading only, so any question may be repeated; when is client.ts.
 */
import type { Dispatcher } from 'undici';
import { z } from 'zod';
import { err, ok, type Result } from '../../src/lib/result.ts';
import type { PrometheusFailure } from './failure.ts';

export interface Credentials {
  token?: (() => string) | undefined;
  basic?: { username: string; password: () => string } | undefined;
}

export interface Question {
  query: string;
  atMs: number;
  /** A longer answer is not read. */
  bytesMax: number;
}

const timeoutMs = 30_000;

// The image exposes it: between two answers the parsed form of the last is let go at once, instead of when the heap is full.
const collectGarbage = (globalThis as { gc?: () => void }).gc;

const sample = z.tuple([z.number(), z.string()]);
const answer = z.object({
  status: z.string(),
  errorType: z.string().optional(),
  error: z.string().optional(),
  warnings: z.array(z.string()).optional(),
  isPartial: z.boolean().optional(),
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
export type Row = NonNullable<z.infer<typeof answer>['data']>['result'][number];

/** Asks once. */
export async function askOnce(
  dispatcher: Dispatcher,
  endpoint: URL,
  credentials: Credentials,
  { query, atMs, bytesMax }: Question,
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
        ...headersOf(credentials),
      },
      body: form.toString(),
      signal: AbortSignal.timeout(timeoutMs),
    });
    const body = await bounded(response.body, bytesMax);
    collectGarbage?.();
    if (body === undefined) return err({ kind: 'too_large', message: `more than ${bytesMax} bytes` });
    return read(response.statusCode, body);
  } catch (cause) {
    return err({ kind: 'unreachable', message: cause instanceof Error ? cause.message || cause.name : String(cause) });
  }
}

function headersOf({ token, basic }: Credentials): Record<string, string> {
  if (token) return { authorization: `Bearer ${token()}` };
  if (!basic) return {};
  return { authorization: `Basic ${Buffer.from(`${basic.username}:${basic.password()}`).toString('base64')}` };
}

/** The body's text, or undefined when it is longer than an answer may be; then the rest is not read. */
async function bounded(body: Dispatcher.ResponseData['body'], bytesMax: number): Promise<string | undefined> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of body) {
    size += (chunk as Buffer).length;
    if (size > bytesMax) return undefined;
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
  // When a store is away, Thanos and Mimir answer 200 with a warning, VictoriaMetrics with a field.
  if (parsed.isPartial || (parsed.warnings && parsed.warnings.length > 0))
    return err({ kind: 'partial', message: parsed.warnings?.join('; ') || 'isPartial' });
  return ok(parsed.data.result);
}

function parse(body: string): z.infer<typeof answer> | undefined {
  try {
    return answer.safeParse(JSON.parse(body)).data;
  } catch {
    return undefined;
  }
}

/** Prometheus' words, and Mimir's. */
const overLimit = /too many samples|query exceeded the/;

function refusal(status: number, type = '', message = ''): PrometheusFailure {
  const text = `${type || status}: ${message}`;
  if (overLimit.test(message)) return { kind: 'too_large', message: text };
  if (type === 'bad_data') return { kind: 'bad_query', message: text };
  return { kind: 'unreachable', message: text };
}
