/**
 * The two calls of the billing API that a reporter makes: where it stands, and a batch of reports. Failures are values; when to
 * ask again is the caller's. Answers are read loosely, for the API may be newer than this.
 */
import type { UsageReport } from './report.ts';

export interface ApiFailure {
  /** Null when nobody answered. */
  status: number | null;
  message: string;
  /** What the answer's Retry-After asks for, an hour at most: a longer one is a mistake of whoever answered. */
  retryAfterMs: number | null;
}

export type Answer<T> = { ok: true; value: T } | { ok: false; failure: ApiFailure };

export interface Cursor {
  /** End of the last window that is accounted for; the beginning of a reporter that has reported nothing. */
  cursorMs: number;
  windowMs: number;
  activeFromMs: number;
  /** Infinity: it has no end. */
  activeUntilMs: number;
  /** The API's own clock. */
  serverMs: number;
}

export interface ItemAnswer {
  index: number;
  status: string;
  code: string | null;
  /** What came with the report and does not count here. */
  ignored: string[];
  retryable: boolean | null;
}

export interface Api {
  cursor(): Promise<Answer<Cursor>>;
  sendBatch(reports: readonly UsageReport[]): Promise<Answer<ItemAnswer[]>>;
}

export interface ApiOptions {
  url: string;
  customerId: string;
  instanceId: string;
  namespace: string;
  key: () => string | Promise<string>;
  fetch: typeof fetch;
  /** One call, from connecting to the last byte, ms. */
  timeoutMs: number;
}

const longestWaitMs = 3_600_000;

function retryAfterOf(header: string | null): number | null {
  if (header === null) return null;
  const seconds = Number(header.trim());
  const ms = Number.isFinite(seconds) ? seconds * 1000 : Date.parse(header) - Date.now();
  return Number.isFinite(ms) ? Math.min(Math.max(0, ms), longestWaitMs) : null;
}

type Json = Record<string, unknown>;
const asObject = (value: unknown): Json => (typeof value === 'object' && value !== null ? (value as Json) : {});
const instantOf = (value: unknown): number => (typeof value === 'string' ? Date.parse(value) : Number.NaN);

function cursorOf(body: Json): Cursor | null {
  const cursor: Cursor = {
    cursorMs: instantOf(body['cursor']),
    windowMs: Number(body['window_seconds']) * 1000,
    activeFromMs: instantOf(body['active_from']),
    activeUntilMs: body['active_until'] == null ? Number.POSITIVE_INFINITY : instantOf(body['active_until']),
    serverMs: instantOf(body['server_time']),
  };
  return Object.values(cursor).some(Number.isNaN) || cursor.windowMs <= 0 ? null : cursor;
}

function itemsOf(body: Json): ItemAnswer[] | null {
  if (!Array.isArray(body['results'])) return null;
  return body['results'].map((item: unknown) => {
    const { index, status, code, retryable, ignored } = asObject(item);
    return {
      index: Number(index),
      status: String(status),
      code: typeof code === 'string' ? code : null,
      ignored: Array.isArray(ignored) ? ignored.map(String) : [],
      retryable: typeof retryable === 'boolean' ? retryable : null,
    };
  });
}

export function apiOf(options: ApiOptions): Api {
  const ask = async <T>(path: string, body: unknown, read: (body: Json) => T | null): Promise<Answer<T>> => {
    const what = `${body === undefined ? 'GET' : 'POST'} ${path.split('?')[0]}`;
    const failed = (status: number | null, message: string, retryAfterMs: number | null = null): Answer<T> => ({
      ok: false,
      failure: { status, message, retryAfterMs },
    });
    try {
      const answer = await options.fetch(`${options.url.replace(/\/+$/, '')}${path}`, {
        method: body === undefined ? 'GET' : 'POST',
        headers: {
          authorization: `Bearer ${await options.key()}`,
          accept: 'application/json',
          ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
        // To follow a redirect could carry the key elsewhere.
        redirect: 'manual',
        signal: AbortSignal.timeout(options.timeoutMs),
      });
      const text = await answer.text();
      if (!answer.ok) {
        const { code, message } = asObject(parsed(text));
        const said = typeof code === 'string' ? ` ${code}: ${String(message)}` : '';
        return failed(
          answer.status,
          `${what} answered ${answer.status}${said}`,
          retryAfterOf(answer.headers.get('retry-after')),
        );
      }
      const value = read(asObject(parsed(text)));
      return value === null
        ? failed(answer.status, `${what} answered in an unknown form: is the address right?`)
        : { ok: true, value };
    } catch (cause) {
      return failed(null, `${what}: ${cause instanceof Error ? cause.message : String(cause)}`);
    }
  };
  const { customerId, instanceId, namespace } = options;
  const place = `/api/usage/${encodeURIComponent(customerId)}/cursor?${new URLSearchParams({ instance_id: instanceId, namespace })}`;
  return {
    cursor: () => ask(place, undefined, cursorOf),
    sendBatch: (reports) => ask('/api/usage/batch', { reports }, itemsOf),
  };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
