/**
 * One question to the HTTP API of Prometheus (and what speaks like it: Thanos, Mimir) over undici: time limit,
 * credentials, a bounded answer, and what came of it. A warning means that an answer may be partial and is a failure
 * here: a bill from half the samples is wrong. Reading only, so any question may be repeated; when is client.ts.
 */
import type { Dispatcher } from 'undici';
import { z } from 'zod';
import { err, ok, type Result } from '../../src/lib/result.ts';
import type { PrometheusFailure } from './failure.ts';
import { kindOf } from './refusals.ts';

export interface Credentials {
  /** More headers, e.g. a tenant's. */
  headers?: Readonly<Record<string, string>> | undefined;
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

/** Collecting takes as long as parsing so much; what a few short answers leave behind is little. */
const collectedBytes = 128 * 1024;
let uncollectedBytes = 0;

/** Lets go of what earlier answers left behind, once there is enough of it. The image exposes `gc`; else the heap fills up first. */
function letGo(bytes: number): void {
  uncollectedBytes += bytes;
  if (uncollectedBytes < collectedBytes) return;
  uncollectedBytes = 0;
  (globalThis as { gc?: () => void }).gc?.();
}

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
      path: endpoint.pathname + endpoint.search,
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
    letGo(body?.length ?? bytesMax);
    if (body === undefined) return err({ kind: 'too_large', message: `more than ${bytesMax} bytes` });
    const { 'retry-after': retryAfter } = response.headers;
    return read(response.statusCode, body, typeof retryAfter === 'string' ? retryAfter : undefined);
  } catch (cause) {
    const message = cause instanceof Error ? cause.message || cause.name : String(cause);
    const kind = cause instanceof Error && cause.name === 'TimeoutError' ? 'slow' : 'unreachable';
    return err({ kind, message });
  }
}

function headersOf({ headers = {}, token, basic }: Credentials): Record<string, string> {
  return { ...headers, ...authorizationOf({ token, basic }) };
}

function authorizationOf({ token, basic }: Credentials): Record<string, string> {
  if (token) return { authorization: `Bearer ${token()}` };
  if (!basic) return {};
  return { authorization: `Basic ${Buffer.from(`${basic.username}:${basic.password()}`).toString('base64')}` };
}

/** The body's text, or undefined when it is longer than an answer may be; then the rest is not read. */
export async function bounded(body: Dispatcher.ResponseData['body'], bytesMax: number): Promise<string | undefined> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of body) {
    size += (chunk as Buffer).length;
    if (size > bytesMax) return undefined;
    chunks.push(chunk as Buffer);
  }
  return Buffer.concat(chunks).toString('utf8');
}

function read(status: number, body: string, retryAfter: string | undefined): Result<Row[], PrometheusFailure> {
  const parsed = parse(body);
  if (parsed?.status === 'success' && parsed.data && status < 300) {
    // When one of their stores does not answer, Thanos and Mimir answer 200 with a warning, VictoriaMetrics with a field.
    if (parsed.isPartial || (parsed.warnings && parsed.warnings.length > 0))
      return err({ kind: 'partial', message: parsed.warnings?.join('; ') || 'isPartial' });
    return ok(parsed.data.result);
  }
  const { errorType: type = '', error: words = wordsOf(body) } = parsed ?? {};
  const kind = status < 300 && type === '' ? 'bad_answer' : kindOf(status, type, words);
  const seconds = Number(retryAfter);
  return err({
    kind,
    message: [`answered ${status}`, type, words].filter((part) => part !== '').join(': '),
    ...(Number.isFinite(seconds) && seconds > 0 ? { retryAfterMs: seconds * 1000 } : {}),
  });
}

const wordsMax = 300;

/** What a page or a text says, for people: the API's own form is only one of those that proxies answer in. */
function wordsOf(body: string): string {
  const plain = body.replaceAll(/<(?:style|script)[\s\S]*?<\/(?:style|script)>|<[^>]*>/gi, ' ');
  return plain.replaceAll(/\s+/g, ' ').trim().slice(0, wordsMax) || 'nothing';
}

function parse(body: string): z.infer<typeof answer> | undefined {
  try {
    return answer.safeParse(JSON.parse(body)).data;
  } catch {
    return undefined;
  }
}
