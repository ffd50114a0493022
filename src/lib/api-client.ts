/**
 * The one client of our own API, for every program beside it: address, credential, time-out and size of each call, what
 * an answer means, and repeating what may be repeated. Failures are values. Owns no route. Cannot tell whether a call
 * that nobody answered took effect: only what is repeatable is sent again.
 */
import { type Backoff, backoffMs } from './backoff.ts';
import { withoutSlash } from './base-url.ts';
import { parseJson } from './json.ts';
import { messageOf } from './message.ts';
import { err, ok, type Result } from './result.ts';
import { hourMs } from './time.ts';

export interface Outgoing {
  method: 'GET' | 'POST' | 'PUT' | 'DELETE';
  headers: Record<string, string>;
  body?: string;
  /** A redirect is not this API's way of answering; to follow one could carry the credential elsewhere. */
  redirect: 'manual';
  signal: AbortSignal;
}

export interface Incoming {
  status: number;
  headers: { get(name: string): string | null };
  body: AsyncIterable<Uint8Array> | null;
}

/** `fetch`, or what is called like it. */
export type Transport = (url: string, outgoing: Outgoing) => Promise<Incoming>;

export interface ApiFailure {
  /**
   * `unreachable`: nobody answered, or not to the end. `not_now`: may be asked again later. `refused`: the API
   * understood and said no. `unexpected`: something else answered, or another version of the API.
   */
  kind: 'unreachable' | 'not_now' | 'refused' | 'unexpected';
  /** Null when nobody answered. */
  status: number | null;
  /** The API's own code, else `http_503` or the kind. */
  code: string;
  /** The API's own message, else one that names what was asked. */
  message: string;
  requestId: string | null;
  /** What the API says beside its message, such as where to pay; absent where it says nothing. */
  details?: Readonly<Record<string, unknown>>;
  /** The answer's Retry-After, an hour at most: a longer one is a mistake of whoever answered. */
  retryAfterMs: number | null;
  /** What was thrown, or the answer's issues. */
  cause?: unknown;
}

/** What an answer must look like: a schema of zod, known by its form. An empty body is null. */
export interface Form<T> {
  safeParse(
    value: unknown,
  ): { success: true; data: T } | { success: false; error: { issues: readonly { path: readonly PropertyKey[] }[] } };
}

export interface Call {
  method: Outgoing['method'];
  /** Begins with a slash. */
  path: string;
  query?: Record<string, string | number | undefined>;
  /** Sent as JSON. */
  body?: unknown;
  /** An Idempotency-Key: the same for every attempt, so that the call may be repeated. */
  key?: string;
  /** The call may be repeated without a key. Absent: a GET may, others may not. */
  repeatable?: boolean;
  timeoutMs?: number;
}

export interface Retries {
  attemptsMax: number;
  /** A server that asks for a longer pause is not waited for. */
  waitMsMax: number;
  backoff: Backoff;
  sleep: (ms: number) => Promise<void>;
  /** 0 ≤ x < 1 */
  random: () => number;
}

export interface ApiClientOptions {
  /** Checked by base-url.ts. */
  baseUrl: string;
  /** Asked for with each attempt, because the credential may be rotated; null where the browser's cookie is it. May throw. */
  credential: () => string | null;
  transport: Transport;
  /** ms since the epoch, for a Retry-After that is a date. */
  now: () => number;
  /** One attempt, from connecting to the last byte. */
  timeoutMs: number;
  /** Absent: each call is tried once, and the caller decides when again. */
  retries?: Retries;
}

export interface ApiClient {
  /** Sends the call and reads the answer by its form. */
  ask<T>(call: Call, form: Form<T>): Promise<Result<T, ApiFailure>>;
}

/** Larger answers are not read: the largest of the API's own, a page of windows, is far below. */
export const answerBytesMax = 4 * 1024 * 1024;

const tooManyBytes = `the answer has more than ${answerBytesMax} bytes`;

/** Opens a client. Throws nothing later: what its parts throw becomes a failure. */
export function openApiClient(options: ApiClientOptions): ApiClient {
  const { retries } = options;
  return {
    async ask(call, form) {
      const mayRepeat = call.repeatable ?? (call.method === 'GET' || call.key !== undefined);
      for (let attempt = 1; ; attempt += 1) {
        const answer = await askOnce(options, call, form);
        if (answer.ok || !retries || !mayRepeat || attempt >= retries.attemptsMax) return answer;
        const { kind, retryAfterMs } = answer.error;
        if (kind !== 'unreachable' && kind !== 'not_now') return answer;
        if ((retryAfterMs ?? 0) > retries.waitMsMax) return answer;
        await retries.sleep(backoffMs(attempt, retries.backoff, retries.random(), retryAfterMs ?? 0));
      }
    },
  };
}

/** The one line of a failure for a log. */
export function sentenceOf({ kind, status, code, message, requestId }: ApiFailure): string {
  if (kind === 'unreachable' || kind === 'unexpected' || code === `http_${status}`) return message;
  return `the API answered ${status} ${code}: ${message}${requestId === null ? '' : ` (request ${requestId})`}`;
}

/** Statuses that say "not now" rather than "no". */
const isNotNow = (status: number, code: string): boolean =>
  status >= 500 || status === 408 || status === 425 || status === 429 || code === firstStillRuns;
/** The API's code for: the first attempt of this call, whose answer was lost, still runs. */
const firstStillRuns = 'idempotency_in_progress';

async function askOnce<T>(options: ApiClientOptions, call: Call, form: Form<T>): Promise<Result<T, ApiFailure>> {
  const timeoutMs = call.timeoutMs ?? options.timeoutMs;
  const url = addressOf(options.baseUrl, call);
  const unanswered = (reason: string, cause: unknown) =>
    err({ ...blank, kind: 'unreachable' as const, message: `cannot reach ${new URL(url).origin}: ${reason}`, cause });
  let outgoing: Outgoing;
  try {
    outgoing = outgoingOf(call, options.credential(), timeoutMs);
  } catch (cause) {
    return err({ ...blank, kind: 'unreachable', message: `there is no credential: ${messageOf(cause)}`, cause });
  }
  try {
    const { status, headers, body } = await options.transport(url, outgoing);
    const text = await textOf(body);
    const what = `${call.method} ${url} answered ${status}`;
    if (text === null)
      return err({ ...blank, kind: 'unexpected', status, code: 'unexpected', message: `${what}: ${tooManyBytes}` });
    const retryAfterMs = toRetryAfterMs(headers.get('retry-after'), options.now());
    if (status < 200 || status >= 300) return err(toFailure(status, text, what, retryAfterMs));
    return readAnswer(text, status, what, form);
  } catch (cause) {
    return unanswered(isTimeout(cause) ? `no answer within ${timeoutMs} ms` : messageOf(cause), cause);
  }
}

const blank = { status: null, code: 'unreachable', requestId: null, retryAfterMs: null };

const isTimeout = (cause: unknown): boolean => cause instanceof Error && cause.name === 'TimeoutError';

function outgoingOf(call: Call, credential: string | null, timeoutMs: number): Outgoing {
  return {
    method: call.method,
    headers: {
      ...(credential === null ? {} : { authorization: `Bearer ${credential}` }),
      accept: 'application/json',
      ...(call.key === undefined ? {} : { 'idempotency-key': call.key }),
      ...(call.body === undefined ? {} : { 'content-type': 'application/json' }),
    },
    ...(call.body === undefined ? {} : { body: JSON.stringify(call.body) }),
    redirect: 'manual',
    signal: AbortSignal.timeout(timeoutMs),
  };
}

function addressOf(baseUrl: string, { path, query = {} }: Call): string {
  const url = new URL(`${withoutSlash(baseUrl)}${path}`);
  for (const [name, value] of Object.entries(query)) {
    if (value !== undefined) url.searchParams.set(name, String(value));
  }
  return url.href;
}

/** The body's text; null when it is too large, of which the rest is not read. */
async function textOf(body: Incoming['body']): Promise<string | null> {
  if (body === null) return '';
  const decoder = new TextDecoder();
  let text = '';
  let bytes = 0;
  for await (const chunk of body) {
    bytes += chunk.byteLength;
    if (bytes > answerBytesMax) return null;
    text += decoder.decode(chunk, { stream: true });
  }
  return text + decoder.decode();
}

function readAnswer<T>(text: string, status: number, what: string, form: Form<T>): Result<T, ApiFailure> {
  const unexpected = { ...blank, kind: 'unexpected' as const, status, code: 'unexpected' };
  const body = text === '' ? null : parseJson(text);
  // parseJson cannot tell a page of HTML from `null`, and a form may take null.
  if (body === null && text !== '' && text.trim() !== 'null') {
    return err({ ...unexpected, message: `${what}, but not in JSON: is the address right?` });
  }
  const read = form.safeParse(body);
  if (read.success) return ok(read.data);
  const where = read.error.issues[0]?.path.join('.') || 'body';
  const message = `${what} in a form this version does not know (${where})`;
  return err({ ...unexpected, message, cause: read.error });
}

function toFailure(status: number, text: string, what: string, retryAfterMs: number | null): ApiFailure {
  const problem = toProblem(parseJson(text));
  const code = problem?.code ?? `http_${status}`;
  const said = {
    status,
    code,
    requestId: problem?.requestId ?? null,
    retryAfterMs,
    ...(problem?.details === undefined ? {} : { details: problem.details }),
  };
  if (isNotNow(status, code)) return { ...said, kind: 'not_now', message: problem?.message ?? what };
  if (problem) return { ...said, kind: 'refused', message: problem.message };
  return { ...said, kind: 'unexpected', message: `${what}, not as this API does: is the address right?` };
}

interface Problem {
  code: string;
  message: string;
  requestId: string | null;
  details?: Readonly<Record<string, unknown>>;
}

/** The API's error body (contracts/common.ts); null when it is none. */
function toProblem(body: unknown): Problem | null {
  if (typeof body !== 'object' || body === null) return null;
  const { code, message, request_id: requestId, details } = body as Record<string, unknown>;
  if (typeof code !== 'string' || typeof message !== 'string') return null;
  const said = typeof details === 'object' && details !== null && Object.keys(details).length > 0;
  return {
    code,
    message,
    requestId: typeof requestId === 'string' ? requestId : null,
    ...(said ? { details: details as Record<string, unknown> } : {}),
  };
}

/** Retry-After in ms: seconds or an HTTP date; null when it is absent or neither. */
function toRetryAfterMs(header: string | null, nowMs: number): number | null {
  if (header === null) return null;
  if (/^\s*\d{1,12}\s*$/.test(header)) return Math.min(Number(header) * 1000, hourMs);
  const atMs = Date.parse(header);
  return Number.isNaN(atMs) ? null : Math.min(Math.max(0, atMs - nowMs), hourMs);
}
